import type { StageState } from "../../schemas/run.js";
import { shortNumber } from "../values.js";
import { readMeasurements, type Measurement } from "./measurements.js";

/** A metric of a stage that is not the same in all runs. */
export interface ComparedMeasurement {
  stage: string;
  name: string;
  /** In the order of the runs; null where a run does not have it. */
  values: (Measurement | null)[];
}

/** The metrics of several runs that differ, in the order of the last run's stages. */
export function comparedMeasurements(runs: readonly (readonly StageState[])[]): ComparedMeasurement[] {
  const found = new Map<string, ComparedMeasurement>();
  for (const stages of [runs.at(-1) ?? [], ...runs])
    for (const stage of stages)
      for (const { name } of readMeasurements(stage)) {
        const key = JSON.stringify([stage.id, name]);
        if (!found.has(key)) found.set(key, { stage: stage.id, name, values: runs.map(() => null) });
      }
  for (const [run, stages] of runs.entries())
    for (const stage of stages)
      for (const measurement of readMeasurements(stage))
        found.get(JSON.stringify([stage.id, measurement.name]))!.values[run] = measurement;
  return [...found.values()].filter(({ values: [first, ...others] }) =>
    others.some((other) => !Object.is(other?.value, first?.value)),
  );
}

/** The difference of two measurements in the terms of their unit: percentage points of shares. */
export function describeDifference(before: Measurement, after: Measurement): string {
  const change = after.value - before.value;
  const size = after.unit === "share" ? `${(100 * Math.abs(change)).toFixed(1)} points` : shortNumber(Math.abs(change));
  return `${change > 0 ? "+" : "−"}${size}`;
}
