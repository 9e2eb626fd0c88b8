import { Type } from "@sinclair/typebox";
import type { Hono } from "hono";
import { actOnParked } from "../../../api/acting/act-on-parked.js";
import { findApproval, sendApproval } from "../../../api/acting/approve-stage.js";
import { knownRun } from "../../../api/reading/read-run.js";
import { PawlError } from "../../../platform/errors.js";
import { isObject, mergePatch, type JsonObject } from "../../../platform/json.js";
import { stagesToRun } from "../../../schemas/matrix.js";
import { stageDefinitions } from "../../../schemas/stages/index.js";
import type { StageState } from "../../../schemas/run.js";
import type { RunView } from "../../../api/reading/run-view.js";
import type { ApprovalView, FormField, ParkedView } from "../../people-messages.js";
import type { StudioContext } from "../context.js";
import { formFields } from "../form-fields.js";
import { identifyAnswerer } from "../person.js";
import { readBody } from "../request-body.js";
import { isOwner } from "../sessions.js";

const jsonObject = Type.Unsafe<JsonObject>(Type.Record(Type.String(), Type.Unknown()));

const approvalAnswer = Type.Object({
  approved: Type.Boolean(),
  answers: Type.Optional(jsonObject),
  comment: Type.Optional(Type.String()),
  person: Type.Optional(Type.String()),
  sinceMs: Type.Optional(Type.Number()),
});

const parkedAnswer = Type.Object({
  action: Type.Union([Type.Literal("retry"), Type.Literal("skip"), Type.Literal("abort")]),
  changes: Type.Optional(jsonObject),
  attempts: Type.Optional(Type.Integer()),
});

/**
 * `/api/runs/RUN/approvals/STAGE` and `/api/runs/RUN/parked/STAGE`: what they ask, and the answers.
 */
export function answerRoutes(app: Hono, context: StudioContext): void {
  approvalRoutes(app, context);
  parkedRoutes(app, context);
}

function approvalRoutes(app: Hono, { home, link }: StudioContext): void {
  /** @throws PawlError STAGE_NOT_WAITING */
  const findRequest = (run: string, stage: string): ReturnType<typeof findApproval> =>
    link.withClient((client) => findApproval(client, home, run, stage));

  app.get("/api/runs/:run/approvals/:stage", async (c) => {
    const { run, stage } = c.req.param();
    const answerer = identifyAnswerer(c, c.req.query("person"));
    const { approval, sinceMs } = await findRequest(run, stage);
    const { message, form, approvers, closesAtMs } = approval;
    return c.json({
      ...{ run, stage, ...answerer, message, approvers },
      fields: formFields(form),
      mayAnswer: approvers.length === 0 || approvers.includes(answerer.person),
      ...(closesAtMs !== undefined && { closesAtMs }),
      ...(sinceMs !== undefined && { sinceMs }),
    } satisfies ApprovalView);
  });

  app.post("/api/runs/:run/approvals/:stage", async (c) => {
    const { run, stage } = c.req.param();
    const { approved, comment = "", answers, sinceMs, person } = await readBody(c, approvalAnswer);
    const by = identifyAnswerer(c, person).person;
    const found = await findRequest(run, stage);
    if (sinceMs !== undefined && sinceMs !== found.sinceMs) throw outdated(stage, "asks again");
    const state = await link.withClient((client) =>
      sendApproval(client, run, {
        ...{ stage, approved, by },
        ...(answers && { answers }),
        ...(comment.trim() !== "" && { comment: comment.trim() }),
      }),
    );
    return c.json({ stage: state.id, status: state.status });
  });
}

function parkedRoutes(app: Hono, { home, link, runs }: StudioContext): void {
  /**
   * A run with its stages: after a restart of the server, a busy worker answers late.
   * @throws PawlError WORKER_LOST
   */
  async function viewed(run: string): Promise<RunView> {
    const view = await runs.view(run);
    if (view.state.plan !== undefined) return view;
    return link.withClient((client) => knownRun(client, home, run));
  }

  app.get("/api/runs/:run/parked/:stage", async (c) => {
    const { run, stage } = c.req.param();
    return c.json(parkedView(await viewed(run), stage));
  });

  app.post("/api/runs/:run/parked/:stage", async (c) => {
    const { run, stage } = c.req.param();
    const { action, changes = {}, attempts } = await readBody(c, parkedAnswer);
    const known = parkedStage(await viewed(run), stage);
    if (attempts !== undefined && attempts !== known.attempts) throw outdated(stage, "has run again");
    const change = Object.keys(changes).length > 0 ? { changes } : {};
    const state = await link.withClient((client) =>
      // Unsigned, a change may not name code.
      actOnParked(client, home, run, { action, stage, isSigned: isOwner(c), ...change }),
    );
    return c.json({ stage: state.id, status: state.status });
  });
}

const outdated = (stage: string, what: string): PawlError =>
  new PawlError("ANSWER_OUTDATED", `stages.${stage} ${what} since this page was loaded`, {
    where: `stages.${stage}`,
    next: "read what it asks now, and answer again",
  });

/** @throws PawlError STAGE_NOT_PARKED */
function parkedStage({ runId, state }: RunView, id: string): StageState {
  const found = state.stages.find((stage) => stage.id === id);
  if (found?.status === "parked" && found.child?.asks === undefined) return found;
  throw new PawlError("STAGE_NOT_PARKED", `stages.${id} of run ${runId} is not parked`, {
    got: found === undefined ? "no such stage" : `it is ${found.status}`,
    next: "go back to what waits",
  });
}

function parkedView(view: RunView, id: string): ParkedView {
  const stage = parkedStage(view, id);
  const { uses, failure, reason, attempts, changes = [] } = stage;
  const planned = stagesToRun(view.state.plan?.stages ?? [], view.state.stages).find((one) => one.id === id);
  const own = planned?.ownSettings;
  const given = own === undefined ? planned?.with : planned?.with[own];
  const settings = changes.reduce(mergePatch, isObject(given) ? given : {});
  const fields = own === undefined ? settingsFields(uses) : [];
  const field = fieldNamed(failure, fields);
  return {
    ...{ run: view.runId, stage: id, uses, attempts, settings, fields },
    ...(failure && { failure: { code: failure.code, message: failure.message, facts: failure.facts } }),
    ...(reason !== undefined && { reason }),
    ...(field !== undefined && { field }),
  };
}

function settingsFields(uses: StageState["uses"]): FormField[] {
  const { properties, required = [] } = stageDefinitions[uses].with;
  return formFields(properties, required);
}

/** The setting that an error is about: named by its place, else in its advice or its message. */
function fieldNamed(failure: StageState["failure"], fields: readonly FormField[]): string | undefined {
  if (failure === undefined) return undefined;
  const { message, facts } = failure;
  const setting = /\bwith\.(\w+)/.exec(facts.where ?? "")?.[1];
  if (setting !== undefined) return setting;
  const texts = [facts.next ?? "", message, facts.expected ?? ""];
  return texts.flatMap((text) => fields.find(({ name }) => new RegExp(`\\b${name}\\b`).test(text)) ?? [])[0]?.name;
}
