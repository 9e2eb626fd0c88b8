import { WorkflowUpdateFailedError } from "@temporalio/client";
import { readFileSync } from "node:fs";
import path from "node:path";
import { approvalUpdate, type ApprovalUpdate } from "../../../schemas/approvals.js";
import type { StageState } from "../../../schemas/run.js";
import { openArtifact } from "../../../store/artifacts/artifacts.js";
import { runFailure, queryRunState, statuses, until, type Run } from "../support/fleet.js";
import { plansFrom, stage } from "../support/plans.js";
import { fleet } from "./fleet.js";

const plan = plansFrom(3000);

const form = { version: { type: "string" }, copies: { type: "integer", minimum: 1, default: 2 } };
const settings = { message: "Release?", form, approvers: ["reviewer", "operator"] };
const released = (more: Partial<typeof settings> & { deadline?: string } = {}) =>
  plan(
    [
      stage("ask", {}, { uses: "approve", with: { ...settings, ...more } }),
      stage(
        "next",
        {},
        { needs: ["ask"], with: { source: { text: "{}" }, query: "${{ stages.ask.answers.version }}" } },
      ),
    ],
    { outputs: { answers: "${{ stages.ask.answers }}", version: "v${{ stages.ask.answers.version }}" } },
  );

const send = (run: Run, asked: Partial<ApprovalUpdate>): Promise<StageState> =>
  run.executeUpdate<StageState, [ApprovalUpdate]>(approvalUpdate, { args: [asked as ApprovalUpdate] });
const yes = { stage: "ask", approved: true, by: "reviewer", answers: { version: "1.0" } };
const isWaiting = (run: Run) => until(run, ({ stages }) => stages[0]?.status === "waiting");

async function refused(work: Promise<unknown>): Promise<unknown> {
  const error = await work.catch((failed: unknown) => failed);
  expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
  const { type, message } = (error as WorkflowUpdateFailedError).cause as unknown as { type: string; message: string };
  return `${type}: ${message}`;
}

test("an approval continues the run; who, when, comment and fields are recorded, and expressions read the fields", async () => {
  const run = await fleet.launch(released());
  await isWaiting(run);
  expect((await queryRunState(run)).status).toBe("waiting");
  await send(run, { ...yes, comment: "as agreed" });
  const { outputs, stages } = await run.result();
  expect(outputs).toEqual({ answers: { version: "1.0", copies: 2 }, version: "v1.0" });
  const directory = await openArtifact(fleet.home, stages["ask"]!.outputs["approval"]!);
  expect(JSON.parse(readFileSync(path.join(directory, "files", "approval.json"), "utf8"))).toEqual({
    message: "Release?",
    approved: true,
    by: "reviewer",
    at: expect.stringMatching(/^\d{4}-.*Z$/),
    comment: "as agreed",
    answers: { version: "1.0", copies: 2 },
  });
});

test("a refusal fails the stage with its comment; the resumed run asks again, and its second answer counts", async () => {
  const run = await fleet.launch(released());
  await isWaiting(run);
  await send(run, { stage: "ask", approved: false, by: "operator", comment: "too early" });
  expect(await runFailure(run)).toMatchObject({
    type: "APPROVAL_REFUSED",
    message: expect.stringMatching(/operator refused: too early/),
  });
  const { plan: known, stages } = await queryRunState(run);
  expect(statuses({ stages })).toEqual({ ask: "failed", next: "skipped" });
  const resumed = await fleet.launch({ plan: known!, stages: Object.fromEntries(stages.map((one) => [one.id, one])) });
  await isWaiting(resumed);
  await send(resumed, yes);
  expect((await resumed.result()).outputs["version"]).toBe("v1.0");
});

test("an approval is kept when the run fails later and is resumed", async () => {
  const failing = released();
  failing.stages.push(stage("fails", { fail: { code: "DATA_EMPTY", attempts: 1 } }, { needs: ["ask"] }));
  const run = await fleet.launch(failing);
  await isWaiting(run);
  await send(run, yes);
  await runFailure(run);
  const { stages } = await queryRunState(run);
  const resumed = await fleet.launch({ plan: failing, stages: Object.fromEntries(stages.map((one) => [one.id, one])) });
  await runFailure(resumed);
  const [ask] = (await queryRunState(resumed)).stages;
  expect(ask).toMatchObject({
    status: "succeeded",
    answers: { version: "1.0", copies: 2 },
    approval: { answer: { by: "reviewer" } },
  });
});

test("without an answer, the deadline fails the stage", async () => {
  const run = await fleet.launch(released({ deadline: "1s" }));
  expect(await runFailure(run)).toMatchObject({ type: "APPROVAL_EXPIRED" });
});

test("an answer after the deadline is refused", async () => {
  const gate = fleet.gate();
  const late = released({ deadline: "1s" });
  late.stages[0]!.onFailure = "continue";
  late.stages.push(stage("held", { hold: gate.file }));
  const run = await fleet.launch(late);
  await until(run, ({ stages }) => stages[0]?.status === "failed");
  expect(await refused(send(run, yes))).toBe(
    "STAGE_NOT_WAITING: stages.ask is failed, and waits for no approval; waiting for an approval: none",
  );
  gate.open();
  await run.result();
});

test("what cannot be an answer is refused, and changes nothing", async () => {
  const asks = released();
  // Else the first of two answers could end the run before the second comes.
  const gate = fleet.gate();
  asks.stages.push(stage("held", { steps: 1, hold: gate.file }, { heartbeatMs: 600_000 }));
  const run = await fleet.launch(asks);
  await isWaiting(run);
  const answers = [
    { ...yes, by: "somebody" },
    { ...yes, answers: {} },
    { ...yes, answers: { version: "1", copies: 0 } },
    { ...yes, stage: "next" },
    { ...yes, stage: "none" },
    { ...yes, approved: "yes" as unknown as boolean },
    { ...yes, by: "" },
    { ...yes, comment: "a".repeat(4001) },
    { ...yes, answers: { version: "a".repeat(70_000) } },
  ];
  const replies = [];
  for (const asked of answers) replies.push(await refused(send(run, asked)));
  expect(replies).toEqual([
    "NOT_ALLOWED: somebody is not one of the approvers of stages.ask: reviewer, operator",
    expect.stringMatching(/^INPUT_INVALID: version has no default and is not set/),
    expect.stringMatching(/^INPUT_INVALID: copies .*must be >= 1/),
    "STAGE_NOT_WAITING: stages.next is queued, and waits for no approval; waiting for an approval: ask",
    "STAGE_NOT_WAITING: stages.none does not exist; waiting for an approval: ask",
    "WRONG_TYPE: approved must be true or false",
    "WRONG_TYPE: by must be a name of at most 200 characters",
    "WRONG_TYPE: comment must be a text of at most 4000 characters",
    expect.stringMatching(/^OUT_OF_RANGE: answers must have at most 65536 characters/),
  ]);
  expect((await queryRunState(run)).stages[0]!.approval).not.toHaveProperty("answer");
  const both = await Promise.allSettled([send(run, yes), send(run, { ...yes, approved: false, by: "operator" })]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const late = both.find((reply) => reply.status === "rejected")!;
  expect(await refused(Promise.reject(late.reason as Error))).toMatch(
    /^STAGE_NOT_WAITING: stages\.ask has been (approved by reviewer|refused by operator)/,
  );
  gate.open();
  await run.result().catch(() => "refused");
});

test("a request outlives a run's continuing as new", async () => {
  const many = Array.from({ length: 8 }, (_, i) =>
    stage(`s${i}`, { steps: i + 1 }, { needs: i > 0 ? [`s${i - 1}`] : [] }),
  );
  const asks = released();
  asks.stages.push(...many);
  const run = await fleet.launch(asks);
  await until(run, ({ stages }) => stages.at(-1)?.status === "succeeded");
  await send(fleet.find(run.workflowId), yes);
  expect((await fleet.find(run.workflowId).result()).outputs["version"]).toBe("v1.0");
});
