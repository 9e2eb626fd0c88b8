import type { Hono } from "hono";
import { runNotFound } from "../../../api/reading/find-run.js";
import { PawlError } from "../../../platform/errors.js";
import { buildComparison } from "../../../report/run/comparison.js";
import { findKnownRun } from "../../../report/run/known-run.js";
import { readRunModel, type RunModel } from "../../../report/run/model.js";
import type { CompareMessage } from "../../definition-messages.js";
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
    const models = await Promise.all(ids.map((id) => readModel(home, id)));
    return c.json(comparison(models));
  });
}

/** @throws PawlError RUN_NOT_FOUND */
async function readModel(home: string, runId: string): Promise<RunModel> {
  const known = await findKnownRun(home, runId);
  if (known === undefined) throw runNotFound(runId, []);
  return readRunModel(home, known, { buckets: 0, maxPrompts });
}

function comparison(models: readonly RunModel[]): CompareMessage {
  return {
    ...buildComparison(models),
    runs: models.map(({ runId, plan, status, startedAtMs, endedAtMs }) => ({
      ...{ run: runId, pipeline: plan.name, status, startedAtMs },
      ...(endedAtMs !== undefined && { endedAtMs }),
    })),
    problems: models.flatMap(({ runId, problems }) => problems.map((problem) => `${runId}: ${problem}`)),
  };
}
