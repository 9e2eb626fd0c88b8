import type { Hono } from "hono";
import { runNotFound } from "../../../api/reading/find-run.js";
import { PawlError } from "../../../platform/errors.js";
import { comparedMeasurements, differenceOf } from "../../../report/run/compared-measurements.js";
import { asCompared, compareRuns } from "../../../report/run/compare-runs.js";
import { findKnownRun } from "../../../report/run/known-run.js";
import { readRunModel, type RunModel } from "../../../report/run/model.js";
import { measurementLine } from "../../../report/run-page/measurement-text.js";
import { stageDefinitions } from "../../../schemas/stages/index.js";
import type { CompareMessage, ComparedMetric } from "../../definition-messages.js";
import type { StudioContext } from "../context.js";

/** As many as there are colors. */
const maxRuns = 6;
const maxPrompts = 50;

/** `/api/compare?run=A&run=B`: how runs differ from the first of them, from the store. */
export function compareRoutes(app: Hono, { home }: StudioContext): void {
  app.get("/api/compare", async (c) => {
    const ids = [...new Set(c.req.queries("run") ?? [])];
    if (ids.length < 2 || ids.length > maxRuns)
      throw new PawlError("OUT_OF_RANGE", "runs cannot be compared: their number is wrong", {
        where: "run",
        expected: `2 to ${maxRuns} runs`,
        got: `${ids.length}`,
        next: "choose runs in the list",
      });
    const models = await Promise.all(ids.map((id) => modelOf(home, id)));
    return c.json(comparison(models));
  });
}

/** @throws PawlError RUN_NOT_FOUND */
async function modelOf(home: string, runId: string): Promise<RunModel> {
  const known = await findKnownRun(home, runId);
  if (known === undefined) throw runNotFound(runId, []);
  return readRunModel(home, known, { buckets: 0, maxPrompts });
}

function comparison(models: readonly RunModel[]): CompareMessage {
  const [first, ...others] = models.map(asCompared);
  return {
    runs: models.map(({ runId, plan, status, startedAtMs, endedAtMs }) => ({
      ...{ run: runId, pipeline: plan.name, status, startedAtMs },
      ...(endedAtMs !== undefined && { endedAtMs }),
    })),
    differences: others.map((other) => compareRuns(first!, other)),
    metrics: metricsOf(models),
    samples: samplesOf(models),
    problems: models.flatMap(({ runId, problems }) => problems.map((problem) => `${runId}: ${problem}`)),
  };
}

function metricsOf(models: readonly RunModel[]): ComparedMetric[] {
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
        differences: values.map((value, i) => (i > 0 && first && value ? differenceOf(first, value) : null)),
      };
    },
  );
}

/** The prompts that at least two runs have responses to, which are not all the same. */
function samplesOf(models: readonly RunModel[]): CompareMessage["samples"] {
  const found = new Map<string, CompareMessage["samples"][number]>();
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
