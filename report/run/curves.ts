import { stageDefinitions } from "../../schemas/stages/index.js";
import type { Metric } from "../../schemas/stage.js";
import type { StageState } from "../../schemas/run.js";
import { readMetricColumns, type MetricColumn } from "../../store/history/metrics.js";
import { downsample, type Point } from "./downsample.js";
import type { StageEvents } from "./stage-events.js";

/** A metric of a stage, step by step. */
export interface Curve {
  stage: string;
  metric: string;
  /**
   * As its stage type declares it; absent for metrics of programs, and for those of single steps
   * alone.
   */
  declared?: Metric;
  /** At most two for each bucket. */
  points: Point[];
  /** Recorded values. */
  count: number;
  /** Values that are infinite or not a number, which are not drawn. */
  notFinite: number;
  /** Steps of the stage's checkpoints. */
  checkpoints: number[];
  /** Steps from which later attempts resumed. */
  retries: number[];
}

/**
 * The curves of a stage: those of metrics that its type declares, in that order, then those of
 * others.
 */
export interface StageCurves {
  curves: Curve[];
  /** Damaged lines of its history, which are left out. */
  damaged: number;
}

/** Describes damage in a stage's history. */
export const damagedText = (stage: string, damaged: number): string =>
  `${stage}: ${damaged} lines of its metrics history are damaged or missing`;

/** @param buckets parts of the steps of which each curve keeps the extremes */
export async function readCurves(
  home: string,
  { id, uses }: Pick<StageState, "id" | "uses">,
  key: string,
  events: StageEvents | undefined,
  buckets: number,
): Promise<StageCurves> {
  const { columns, damaged } = await readMetricColumns(home, key);
  const declared: Readonly<Record<string, Metric>> = stageDefinitions[uses].metrics;
  const ordered = [...new Set([...Object.keys(declared), ...columns.keys()])].filter((name) => columns.has(name));
  const { checkpoints = [], attempts = [] } = events ?? {};
  const retries = attempts.slice(1).map(({ resumedAt = 0 }) => resumedAt);
  const curve = (metric: string, { steps, values }: MetricColumn): Curve => ({
    ...{ stage: id, metric, count: steps.length, checkpoints, retries },
    ...(declared[metric] && { declared: declared[metric] }),
    ...downsample(steps, values, buckets),
  });
  return { curves: ordered.map((name) => curve(name, columns.get(name)!)), damaged };
}
