import type { Json } from "../../platform/json.js";
import type { MetricUnit } from "../../schemas/stage.js";
import { stageDefinitions } from "../../schemas/stages/index.js";
import type { StageState } from "../../schemas/run.js";
import { visibleMetrics } from "../values.js";

/**
 * A number of a run, with the bounds of its 95 % confidence interval or its standard error if it
 * has them.
 */
export interface Measurement {
  name: string;
  value: number;
  low?: number;
  high?: number;
  error?: number;
  unit?: MetricUnit;
  description?: string;
}

/** The metrics of a stage as measurements: bounds and errors stand with their metric. */
export function readMeasurements(stage: Pick<StageState, "uses" | "metrics" | "values">): Measurement[] {
  return paired(visibleMetrics(stage)).map((measurement) => {
    const declared = findMetric(stage.uses, measurement.name);
    return declared === undefined
      ? measurement
      : { ...measurement, unit: declared.unit, description: declared.description };
  });
}

function findMetric(uses: StageState["uses"], name: string) {
  const metrics: Partial<Record<string, { unit: MetricUnit; description: string }>> = stageDefinitions[uses].metrics;
  return metrics[name];
}

const suffixes = { low: "Low", high: "High", error: "Error" } as const;

function paired(metrics: Readonly<Record<string, number>>): Measurement[] {
  const isBeside = (name: string): boolean =>
    Object.values(suffixes).some((end) => name.endsWith(end) && metrics[name.slice(0, -end.length)] !== undefined);
  return Object.entries(metrics)
    .filter(([name]) => !isBeside(name))
    .map(([name, recorded]) => {
      // JSON has no NaN and no infinity: a record holds null.
      const value = (recorded as number | null) ?? NaN;
      const beside = Object.entries(suffixes).flatMap(([part, end]) => {
        const bound = metrics[name + end];
        return typeof bound !== "number" ? [] : [[part, bound] as const];
      });
      return { name, value, ...Object.fromEntries(beside) };
    });
}

/** An output that is one metric of a stage, or one output of a child pipeline. */
const reference = /^\$\{\{ *stages\.([\w-]+)\.(?:metrics|outputs)\.([\w-]+) *\}\}$/;

/** Measurements of a run that are shown first. */
const maxFirst = 5;

/**
 * The measurements of a run, the most important ones first: the numbers among its outputs, in their
 * order, those with an interval before others. A pipeline without such outputs: the metrics with an
 * interval of its last stages, else the first metric of each stage with curves.
 * @param declared outputs as the plan has them: one that is a reference to a metric has that
 *   metric's interval and unit
 * @param trained ids of stages that have recorded metrics of their steps
 */
export function runMeasurements(
  outputs: Readonly<Record<string, Json>>,
  declared: Readonly<Record<string, Json>>,
  stages: readonly StageState[],
  trained: ReadonlySet<string>,
): { first: Measurement[]; others: Measurement[] } {
  const numbers = Object.entries(outputs).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  const ofStages = stages.map((stage) => ({ stage, measurements: readMeasurements(stage) }));
  const ofOutputs = paired(Object.fromEntries(numbers)).map((measurement) => {
    const template = declared[measurement.name];
    const [, id, name] = (typeof template === "string" && reference.exec(template)) || [];
    const referred = ofStages.find(({ stage }) => stage.id === id)?.measurements.find((one) => one.name === name);
    return { ...referred, ...measurement };
  });
  const named = (stage: StageState, measurement: Measurement): Measurement => ({
    ...measurement,
    name: `${stage.id} ${measurement.name}`,
  });
  const bounded = ofStages.flatMap(({ stage, measurements }) =>
    measurements.filter(isBounded).map((one) => named(stage, one)),
  );
  const learned = ofStages
    .filter(({ stage, measurements }) => trained.has(stage.id) && measurements.length > 0)
    .map(({ stage, measurements }) => named(stage, measurements[0]!));
  const candidates =
    ofOutputs.length > 0 ? ofOutputs : bounded.length > 0 ? bounded.toReversed() : learned.toReversed();
  const ordered = [...candidates.filter(isBounded), ...candidates.filter((measurement) => !isBounded(measurement))];
  const first = ordered.slice(0, maxFirst);
  return { first, others: candidates.filter((measurement) => !first.includes(measurement)) };
}

const isBounded = ({ low, high, error }: Measurement): boolean =>
  (low !== undefined && high !== undefined) || error !== undefined;
