import { Type, type Static } from "@sinclair/typebox";
import type { Hono } from "hono";
import { expectedWork } from "../../../api/forecasting/expected-work.js";
import { forecast } from "../../../api/forecasting/forecast.js";
import { compileFork, forkRequest, recordedRun, type Fork } from "../../../api/forking/fork-run.js";
import type { ForkedRun } from "../../../api/forking/kept-stages.js";
import type { PlanMessage, StartedMessage } from "../../definition-messages.js";
import type { StudioContext } from "../context.js";
import { readBody } from "../request-body.js";
import { isOwner } from "../sessions.js";
import { startDefinition } from "../start-definition.js";
import { writtenDefinition } from "./definitions.js";

const forkBody = Type.Composite([
  writtenDefinition,
  Type.Object({
    set: Type.Array(Type.String()),
    from: Type.Optional(Type.String()),
    only: Type.Optional(Type.String()),
  }),
]);

/** A fork of a run, as `pawl fork` makes it: what would run and why, and its start. */
export function forkRoutes(app: Hono, context: StudioContext): void {
  const { home, project } = context;

  app.post("/api/runs/:run/fork/plan", async (c) => {
    const body = await readBody(c, forkBody);
    const fork = await compileRequest(context, c.req.param("run"), body);
    const { stages } = await forkRequest(home, fork, body.from);
    const forecasts = await forecast(home, fork.plan, stages);
    const work = await expectedWork(home, fork.plan, forecasts, fork.plan.project ?? project);
    return c.json(work satisfies PlanMessage);
  });

  app.post("/api/runs/:run/fork/start", async (c) => {
    const body = await readBody(c, forkBody);
    const fork = await compileRequest(context, c.req.param("run"), body);
    const request = await forkRequest(home, fork, body.from);
    const starter = { isOwner: isOwner(c), isFile: false };
    const run = await startDefinition(context, request, fork.plan, starter, fork.run.priority);
    return c.json({ run } satisfies StartedMessage);
  });
}

async function compileRequest(
  { home, runs }: StudioContext,
  runId: string,
  { text, inputs, seed, set, from, only }: Static<typeof forkBody>,
): Promise<Fork> {
  const { state } = await runs.view(runId);
  const run: ForkedRun = await recordedRun(home, runId, state);
  return compileFork(run, {
    set,
    ...(text !== run.text && { edited: { text, file: run.plan.file ?? "definition" } }),
    inputs: () => inputs,
    ...(seed !== undefined && { seed }),
    ...(from !== undefined && { from }),
    ...(only !== undefined && { only }),
  });
}
