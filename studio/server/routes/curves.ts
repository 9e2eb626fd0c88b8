import type { Hono } from "hono";
import { mapBounded } from "../../../platform/map-bounded.js";
import { damagedText } from "../../../report/run/curves.js";
import type { StageEvents } from "../../../report/run/stage-events.js";
import { resultKeys, noEvents, readStageEvents } from "../../../report/run/stage-events.js";
import type { Metric } from "../../../schemas/stage.js";
import { stageDefinitions } from "../../../schemas/stages/index.js";
import type { StageState } from "../../../schemas/run.js";
import type { CurvePiece, CurvesMessage } from "../../messages.js";
import type { StudioContext } from "../context.js";
import type { KnownHistory } from "../histories.js";

/** Stages whose histories are read at the same time. */
const stagesAtOnce = 4;
/** Stages whose curves are in one message, those that run first. */
const maxStages = 48;
/** Times of steps in a curve. */
const maxTimes = 600;
const buckets = { usual: 300, most: 2000 };

/**
 * `/api/runs/RUN/curves?stage=&from=&to=&buckets=`: the curves of a run, or those of one stage, or
 * a range of their steps; each with at most two points a bucket.
 */
export function curveRoutes(app: Hono, { home, runs, histories }: StudioContext): void {
  app.get("/api/runs/:run/curves", async (c) => {
    const { runId, state } = await runs.view(c.req.param("run"));
    const { stage: only } = c.req.query();
    const wanted: Wanted = {
      from: parseNumber(c.req.query("from"), -Infinity),
      to: parseNumber(c.req.query("to"), Infinity),
      buckets: Math.min(buckets.most, Math.max(2, parseNumber(c.req.query("buckets"), buckets.usual))),
    };
    const begun = state.stages.filter(({ id, attempts, status }) =>
      only === undefined ? attempts > 0 || status === "cached" : id === only,
    );
    const isRunning = ({ status }: StageState): boolean => status === "running";
    const stages = [...begun.filter(isRunning), ...begun.filter((stage) => !isRunning(stage))];
    const problems: string[] = [];
    const others: string[] = [];
    let count = 0;
    const pieces = await mapBounded(stages, stagesAtOnce, async (stage) => {
      if (count >= maxStages) {
        others.push(stage.id);
        return [];
      }
      try {
        const events = await readStageEvents(home, runId, stage.id);
        const key = resultKeys([stage], events).get(stage.id);
        if (key === undefined) return [];
        const history = await histories.read(key);
        if (history.damaged > 0) problems.push(damagedText(stage.id, history.damaged));
        const found = stageCurves(stage, history, events.get(stage.id) ?? noEvents(), wanted);
        if (found.length > 0) count++;
        return found;
      } catch (error) {
        problems.push(`${stage.id}: ${(error as Error).message}`);
        return [];
      }
    });
    return c.json({ run: runId, curves: pieces.flat(), others, problems } satisfies CurvesMessage);
  });
}

interface Wanted {
  from: number;
  to: number;
  buckets: number;
}

const parseNumber = (text: string | undefined, usual: number): number => {
  const value = text === undefined || text === "" ? NaN : Number(text);
  return Number.isFinite(value) ? value : usual;
};

/**
 * The curves of a stage: those of metrics that its type declares, in that order, then those of
 * others.
 */
function stageCurves(
  { id, uses, metrics }: StageState,
  { columns, times }: KnownHistory,
  { attempts, checkpoints }: StageEvents,
  wanted: Wanted,
): CurvePiece[] {
  const declared: Readonly<Record<string, Metric>> = stageDefinitions[uses].metrics;
  const names = [...new Set([...Object.keys(declared), ...columns.keys()])].filter((name) => columns.has(name));
  const retries = attempts.slice(1).map(({ resumedAt = 0 }) => resumedAt);
  const steps = Math.max(...names.map((name) => columns.get(name)!.range[1]));
  const { tokens } = metrics;
  return names.map((metric) => {
    const column = columns.get(metric)!;
    const [from, to] = column.range;
    const range = [Math.max(from, wanted.from), Math.min(to, wanted.to)] as const;
    const marks = (steps: readonly number[]): number[] => onePerBucket(steps, range, wanted.buckets);
    return {
      ...{ stage: id, metric, from, to, count: column.count },
      ...{ checkpoints: marks(checkpoints), retries: marks(retries), times: spreadOut(times, maxTimes) },
      ...column.piece(...range, wanted.buckets),
      ...(declared[metric] && { declared: declared[metric] }),
      ...(declared["tokens"] && { countsTokens: true as const }),
      ...(tokens !== undefined && tokens > 0 && steps > 0 ? { tokensPerStep: tokens / steps } : {}),
    };
  });
}

/**
 * The first of the steps in each of `buckets` equal parts of a range; those outside are left out.
 */
function onePerBucket(steps: readonly number[], [from, to]: readonly [number, number], buckets: number): number[] {
  const first = new Map<number, number>();
  for (const step of steps) {
    const bucket = Math.floor((buckets * (step - from)) / (to - from || 1));
    if (step >= from && step <= to && !first.has(bucket)) first.set(bucket, step);
  }
  return [...first.values()];
}

/** At most `most` of a list, in equal distances, and its last one. */
function spreadOut<T>(list: readonly T[], most: number): T[] {
  const every = Math.ceil(list.length / (most - 1));
  return list.filter((_, i) => i % every === 0 || i === list.length - 1);
}
