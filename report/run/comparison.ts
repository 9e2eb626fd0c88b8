import { stageDefinitions } from "../../schemas/stages/index.js";
import { asCompared, compareRuns, type RunDifference } from "./compare-runs.js";
import { comparedMeasurements, describeDifference } from "./compared-measurements.js";
import { measurementLine } from "./measurement-text.js";
import type { RunModel } from "./model.js";

/** How runs differ from the first of them, as JSON. */
export interface Comparison {
  /** Of each other run to the first one, in their order. */
  differences: RunDifference[];
  metrics: ComparedMetric[];
  /** Prompts to which not all runs have the same response; `texts` in the order of the runs. */
  samples: { stage: string; prompt: string; texts: (string | null)[] }[];
}

/**
 * A metric in several runs, as texts in the order of the runs: with its interval, and its
 * difference to the first run.
 */
export interface ComparedMetric {
  stage: string;
  name: string;
  description?: string;
  texts: (string | null)[];
  differences: (string | null)[];
}

/** Compares runs with the first of them. */
export function buildComparison(models: readonly RunModel[]): Comparison {
  const [first, ...others] = models.map(asCompared);
  return {
    differences: others.map((other) => compareRuns(first!, other)),
    metrics: toMetrics(models),
    samples: compareSamples(models),
  };
}

function toMetrics(models: readonly RunModel[]): ComparedMetric[] {
  const uses = new Map(models.flatMap(({ stages }) => stages.map(({ state }) => [state.id, state.uses] as const)));
  return comparedMeasurements(models.map(({ stages }) => stages.map(({ state }) => state))).map(
    ({ stage, name, values }) => {
      const [first] = values;
      const declared: Partial<Record<string, { description: string }>> = stageDefinitions[uses.get(stage)!].metrics;
      const description = declared[name]?.description;
      return {
        ...{ stage, name },
        ...(description !== undefined && { description }),
        texts: values.map((value) => value && measurementLine(value)),
        differences: values.map((value, i) => (i > 0 && first && value ? describeDifference(first, value) : null)),
      };
    },
  );
}

/** The prompts that at least two runs have responses to, which are not all the same. */
function compareSamples(models: readonly RunModel[]): Comparison["samples"] {
  const found = new Map<string, Comparison["samples"][number]>();
  for (const [run, { samples }] of models.entries())
    for (const { stage, prompt, text } of samples) {
      const key = JSON.stringify([stage, prompt]);
      const known = found.get(key) ?? { stage, prompt, texts: models.map(() => null) };
      known.texts[run] = text;
      found.set(key, known);
    }
  return [...found.values()].filter(({ texts }) => {
    const written = texts.filter((text) => text !== null);
    return written.length > 1 && new Set(written).size > 1;
  });
}
