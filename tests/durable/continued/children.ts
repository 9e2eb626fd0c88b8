import { WorkflowUpdateFailedError } from "@temporalio/client";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { approvalUpdate, type ApprovalUpdate } from "../../../schemas/approvals.js";
import { stagesToRun } from "../../../schemas/matrix.js";
import type { RunState, StageState } from "../../../schemas/run.js";
import { findPlan, findRecord } from "../../../store/records/runs.js";
import { signChange } from "../../../worker/authority/changes.js";
import { signRequest } from "../../../worker/authority/requests.js";
import { initialStates } from "../../../workflows/board.js";
import { runFailure, hasContinued, queryRunState, statuses, until, type Run } from "../support/fleet.js";
import type { Program } from "../support/plans.js";
import { fleet } from "./fleet.js";

/** A stage of a definition that runs a program. */
const runs = (id: string, program: Program, more = ""): string =>
  `  ${id}:\n    uses: dataset\n    with: { source: { text: ${JSON.stringify(JSON.stringify(program))} }, query: none }\n${more}`;
const calls = (id: string, file: string, more = ""): string => `  ${id}:\n    uses: ${file}\n${more}`;
const definition = (name: string, stages: string, more = ""): string => `name: ${name}\nstages:\n${stages}${more}`;
const failing: Program = { fail: { code: "DATA_EMPTY", attempts: 9 } };
const asks = '  ask:\n    uses: approve\n    with: { message: "Go?" }\n';

/** Outputs of a definition: the steps of one of its stages. */
const rows = (id: string): string => `outputs: { n: '\${{ stages.${id}.metrics.trainRows }}' }\n`;

let files = 0;
/** Writes a definition for the workers. @returns the name that stages call it by */
function file(text: string): string {
  mkdirSync(path.join(fleet.workingDirectory, "children"), { recursive: true });
  const name = `./children/child-${files++}.yaml`;
  writeFileSync(path.join(fleet.workingDirectory, name), text);
  return name;
}

const childOf = (run: Run, stage = "child"): Run => fleet.find(`${run.workflowId}.${stage}`);
const stageOf = (state: RunState, id = "child"): StageState => state.stages.find((stage) => stage.id === id)!;
/** Before the plan is loaded, no stage is known. */
const isIn = (status: string) => (state: RunState) =>
  state.stages.some((stage) => stage.id === "child" && stage.status === status);
const approval = (run: Run) =>
  run.executeUpdate<StageState, [ApprovalUpdate]>(approvalUpdate, {
    args: [{ stage: "ask", approved: true, by: "reviewer" }],
  });
/** Starts a run that has ended again, as `pawl resume` does. */
async function resume(run: Run): Promise<Run> {
  const { plan, stages } = (await findRecord(fleet.home, run.workflowId))!;
  const states = initialStates(stagesToRun(plan!.stages), Object.fromEntries(stages.map((one) => [one.id, one])));
  await fleet.client.workflow.start("pipeline", {
    taskQueue: "pawl",
    workflowId: run.workflowId,
    args: [{ plan: plan!, stages: states }],
  });
  return fleet.find(run.workflowId);
}
const started = async (run: Run, stage: string): Promise<number> =>
  (await fleet.log(run, stage)).filter((line) => line.includes("started")).length;

async function refusal(work: Promise<unknown>): Promise<unknown> {
  const error = await work.catch((failed: unknown) => failed);
  expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
  const { type, message } = (error as WorkflowUpdateFailedError).cause as unknown as { type: string; message: string };
  return `${type}: ${message}`;
}

test("a child is a run of its own, whose outputs are those of the stage", async () => {
  const child = file(
    `name: child\ninputs:\n  before: { type: object }\n  steps: { type: integer }\nstages:\n` +
      `  count:\n    uses: dataset\n    with: { source: { text: '{"steps": \${{ inputs.steps }}, "open": "\${{ inputs.before.digest }}"}' }, query: none }\n` +
      "outputs:\n  train: ${{ stages.count.outputs.train }}\n  rows: ${{ stages.count.metrics.trainRows }}\n",
  );
  const text =
    `name: parent\nstages:\n${runs("first", { steps: 2 })}` +
    `  trials:\n    uses: ${child}\n    matrix: { steps: [3, 5] }\n` +
    "    with: { steps: '${{ matrix.steps }}', before: '${{ stages.first.outputs.train }}' }\n" +
    "  best:\n    uses: select\n    with:\n      from: { train: '${{ stages.trials.outputs.train }}' }\n" +
    "      by: ${{ stages.trials.outputs.rows }}\n      prefer: highest\n" +
    "outputs: { best: '${{ stages.best.metrics.value }}', rows: '${{ stages.trials.outputs.rows }}' }\n";
  const run = await fleet.launch({ definition: text, seed: 3 });
  const { outputs, stages } = await run.result();
  expect(outputs).toEqual({ best: 5, rows: [3, 5] });
  const second = childOf(run, "trials.2");
  expect(await findRecord(fleet.home, second.workflowId)).toMatchObject({
    pipeline: "child",
    status: "succeeded",
    parent: { run: run.workflowId, stage: "trials.2" },
    plan: { seed: 3, inputs: { steps: 5 } },
    outputs: { train: stages["trials.2"]!.outputs["train"], rows: 5 },
  });
  expect(stages["best"]!.outputs["train"]).toEqual(stages["trials.2"]!.outputs["train"]);
  expect(stageOf(await queryRunState(run), "trials.2")).toMatchObject({
    status: "succeeded",
    values: { rows: 5 },
    child: { run: second.workflowId },
  });
});

test("a run keeps its own copy of a child: changing the file changes nothing", async () => {
  const gate = fleet.gate();
  const child = file(
    definition("child", runs("a", { steps: 4 }), "outputs: { n: '${{ stages.a.metrics.trainRows }}' }\n"),
  );
  const text = definition(
    "parent",
    runs("first", { steps: 2, hold: gate.file }) + calls("child", child, "    needs: first\n"),
    "outputs: { n: '${{ stages.child.outputs.n }}' }\n",
  );
  const run = await fleet.launch({ definition: text });
  await fleet.logged(run, "first", /^working/);
  writeFileSync(path.join(fleet.workingDirectory, child), definition("other", runs("b", { steps: 9 })));
  gate.open();
  expect((await run.result()).outputs).toEqual({ n: 4 });
});

test("a failed child fails its stage; the resumed parent continues it with its finished stages and its answers", async () => {
  const gate = { fail: { code: "DATA_EMPTY", attempts: 1 } };
  const child = file(
    definition(
      "child",
      runs("a", { steps: 3 }) + asks + runs("b", gate, "    needs: [a, ask]\n    retry: { maxAttempts: 1 }\n"),
    ),
  );
  const run = await fleet.launch({ definition: definition("parent", calls("child", child)) });
  await until(run, isIn("waiting"));
  await approval(childOf(run));
  const failure = await runFailure(run);
  expect(failure.type).toBe("CHILD_FAILED");
  expect(failure.message).toContain(`the run ${run.workflowId}.child failed`);
  expect(failure.message).toContain("DATA_EMPTY");
  expect(failure.message).toContain(`next: pawl status ${run.workflowId}.child`);
  const second = childOf(run);
  expect(statuses((await findRecord(fleet.home, second.workflowId))!)).toEqual({
    a: "succeeded",
    ask: "succeeded",
    b: "failed",
  });
  const again = await resume(run);
  const ended = await runFailure(again);
  expect(ended.type).toBe("CHILD_FAILED");
  // Nobody was asked again; b fails in the first attempt of each execution.
  expect(await started(second, "a")).toBe(1);
  expect(await started(second, "ask")).toBe(2);
  expect(await started(second, "b")).toBe(2);
});

test("canceling the parent cancels its child, and waits for it", async () => {
  const gate = fleet.gate();
  const child = file(definition("child", runs("a", { hold: gate.file })));
  const run = await fleet.launch({ definition: definition("parent", calls("child", child)) });
  await until(run, ({ stages }) => stages[0]?.child !== undefined);
  await fleet.logged(childOf(run), "a", /^working/);
  await run.cancel();
  expect((await runFailure(run)).type).toBe("CancelledFailure");
  expect((await findRecord(fleet.home, childOf(run).workflowId))!.status).toBe("cancelled");
  expect(stageOf(await queryRunState(run))).toMatchObject({ status: "cancelled", reason: "the run was canceled" });
});

test("pausing a run pauses the runs below it; a child's own pause is another one", async () => {
  const gate = fleet.gate();
  const leaf = file(
    definition("leaf", runs("a", { steps: 2, hold: gate.file }) + runs("b", { steps: 77 }, "    needs: [a]\n")),
  );
  const middle = file(definition("middle", calls("child", leaf)));
  const run = await fleet.launch({ definition: definition("top", calls("child", middle)) });
  const child = childOf(run);
  await until(run, (state) => stageOf(state)?.child !== undefined);
  await until(child, (state) => stageOf(state)?.child !== undefined);
  const lowest = childOf(child);
  await fleet.logged(lowest, "a", /^working/);
  const { pausedSinceMs } = await run.executeUpdate<{ pausedSinceMs: number }, []>("pause");
  await until(lowest, (state) => state.pausedSinceMs !== undefined);
  gate.open();
  const paused = await until(lowest, ({ status }) => status === "paused");
  expect(paused).toMatchObject({ pausedSinceMs, pausedBy: run.workflowId });
  expect(statuses(paused)).toEqual({ a: "succeeded", b: "queued" });

  // A pause of its own outlasts that of the run above it.
  await lowest.executeUpdate("pause");
  await run.executeUpdate("unpause");
  await until(child, (state) => state.pausedSinceMs === undefined);
  const own = await until(lowest, ({ pausedBy }) => pausedBy === undefined);
  expect(own).toMatchObject({ status: "paused", pausedSinceMs: expect.any(Number) as number });
  await lowest.executeUpdate("unpause");
  await run.result();
  expect(statuses(await queryRunState(lowest))).toEqual({ a: "succeeded", b: "succeeded" });
});

test("a signal that is no pause changes nothing", async () => {
  const gate = fleet.gate();
  const run = await fleet.launch({ definition: definition("held", runs("held", { hold: gate.file })) });
  await fleet.logged(run, "held", /^working/);
  for (const wrong of [5, "now", {}, { sinceMs: 1 }]) await run.signal("parentPause", wrong);
  expect((await queryRunState(run)).pausedSinceMs).toBeUndefined();
  gate.open();
  await run.result();
});

test("a child that a person cancels fails its stage, which may be parked and retried", async () => {
  const gate = fleet.gate();
  const child = file(definition("child", runs("a", { hold: gate.file })));
  const run = await fleet.launch({ definition: definition("parent", calls("child", child, "    onFailure: park\n")) });
  await until(run, ({ stages }) => stages[0]?.child !== undefined);
  await fleet.logged(childOf(run), "a", /^working/);
  await childOf(run).cancel();
  const parked = await until(run, isIn("parked"));
  expect(stageOf(parked).failure).toMatchObject({
    code: "CHILD_FAILED",
    message: `the run ${run.workflowId}.child was canceled`,
  });
  const changed = run.executeUpdate("retry", { args: [{ stage: "child", with: { pipeline: "./other.yaml" } }] });
  await changed;
  expect(stageOf(await until(run, isIn("parked"))).failure).toMatchObject({
    code: "NOT_ALLOWED",
    facts: { got: "./other.yaml" },
  });
  gate.open();
  await run.executeUpdate("retry", { args: [{ stage: "child", with: { pipeline: child } }] });
  expect((await run.result()).stages["child"]!.status).toBe("succeeded");
});

test("a stage waits while a run below it does, and tells where to answer", async () => {
  const inner = file(definition("inner", asks));
  const outer = file(definition("outer", calls("inner", inner)));
  const run = await fleet.launch({ definition: definition("parent", calls("child", outer)) });
  const state = await until(run, isIn("waiting"));
  const below = `${run.workflowId}.child.inner`;
  expect(state.status).toBe("waiting");
  expect(stageOf(state).child).toMatchObject({
    run: `${run.workflowId}.child`,
    asks: { status: "waiting", run: below, stage: "ask", verb: "approve" },
  });
  const answered = run.executeUpdate(approvalUpdate, { args: [{ stage: "child", approved: true, by: "reviewer" }] });
  expect(await refusal(answered)).toContain(`is waiting in its run: stages.ask of ${below} (pawl approve ${below})`);
  await approval(fleet.find(below));
  const { stages } = await run.result();
  expect(stages["child"]!.status).toBe("succeeded");
  expect(stageOf(await queryRunState(run)).child).toEqual({ run: `${run.workflowId}.child` });
});

test("a stage is parked while its child is; only the child's stage can be acted on", async () => {
  const child = file(
    definition("child", runs("a", { fail: { code: "DATA_EMPTY", attempts: 1 } }, "    onFailure: park\n")),
  );
  const run = await fleet.launch({ definition: definition("parent", calls("child", child)) });
  const state = await until(run, isIn("parked"));
  expect(state.status).toBe("parked");
  expect(stageOf(state).child!.asks).toMatchObject({ stage: "a", verb: "retry" });
  expect(await refusal(run.executeUpdate("skip", { args: [{ stage: "child" }] }))).toMatch(
    /STAGE_NOT_PARKED.*is parked in its run: stages.a of .*no stage of this run is parked/,
  );
  await childOf(run).executeUpdate("retry", { args: [{ stage: "a" }] });
  expect((await run.result()).stages["child"]!.status).toBe("succeeded");
});

test("a child that waits is canceled when the run fails; signals from elsewhere change nothing", async () => {
  const gate = fleet.gate();
  const child = file(definition("child", asks));
  const stages = calls("child", child) + runs("other", { ...failing, hold: gate.file });
  const run = await fleet.launch({ definition: definition("parent", stages) });
  await until(run, isIn("waiting"));
  for (const news of [
    null,
    3,
    { stage: "child" },
    { stage: "child", execution: "other" },
    { stage: "no", execution: "x" },
  ])
    await run.signal("child", news);
  expect(stageOf(await queryRunState(run)).status).toBe("waiting");
  gate.open();
  expect((await runFailure(run)).type).toBe("DATA_EMPTY");
  expect(stageOf(await queryRunState(run))).toMatchObject({
    status: "cancelled",
    reason: "stages.other failed before this stage was started",
  });
  expect((await findRecord(fleet.home, childOf(run).workflowId))!.status).toBe("cancelled");
});

test("a child survives the death of its worker, of the process for workflows and of the server", async () => {
  const gate = fleet.gate();
  const steps = { steps: 6, checkpointEvery: 2, crash: { at: 3, attempts: 1 } };
  const child = file(
    definition(
      "child",
      runs("a", { ...steps, hold: gate.file }) + runs("b", { steps: 2 }, "    needs: a\n"),
      rows("a"),
    ),
  );
  const text = definition("parent", calls("child", child), "outputs: { n: '${{ stages.child.outputs.n }}' }\n");
  const run = await fleet.launch({ definition: text, seed: 4 });
  await until(run, ({ stages }) => stages[0]?.child !== undefined);
  await fleet.logged(childOf(run), "a", /^working/, 2);
  process.kill(fleet.pid("workflows"), "SIGKILL");
  await fleet.crashServer();
  gate.open();
  const { outputs, stages } = await fleet.find(run.workflowId).result();
  expect([outputs, stages["child"]!.status]).toEqual([{ n: 6 }, "succeeded"]);
  const { stages: below } = (await findRecord(fleet.home, childOf(run).workflowId))!;
  expect(below.map(({ id, status, attempts }) => [id, status, attempts])).toEqual([
    ["a", "succeeded", 2],
    ["b", "succeeded", 1],
  ]);
});

test("timeout bounds the whole child, also while it waits", async () => {
  const child = file(definition("child", asks));
  const run = await fleet.launch({ definition: definition("parent", calls("child", child, "    timeout: 15s\n")) });
  await until(run, isIn("waiting"));
  const { type, message } = await runFailure(run);
  expect(type).toBe("STAGE_TIMEOUT");
  expect(message).toContain("took longer than the stage's timeout");
  expect((await findRecord(fleet.home, childOf(run).workflowId))!.status).toBe("cancelled");
});

test("inputs of a child are checked before it starts", async () => {
  const child = file(
    `name: child\ninputs: { rows: { type: integer, maximum: 2 } }\nstages:\n${runs("a", { steps: 1 }, "    if: inputs.rows > 0\n")}`,
  );
  const text =
    `name: parent\nstages:\n${runs("first", { steps: 7 })}` +
    `  child:\n    uses: ${child}\n    with: { rows: "\${{ stages.first.metrics.trainRows }}" }\n`;
  const run = await fleet.launch({ definition: text });
  const { type, message } = await runFailure(run);
  expect(type).toBe("INPUT_INVALID");
  expect(message).toContain("the value given for rows must be <= 2, got 7");
  expect(await findPlan(fleet.home, childOf(run).workflowId)).toBeUndefined();
});

test("a parent continues as new once its child has ended, and a child that waits does while its parent does not", async () => {
  const gate = fleet.gate();
  const chain = (count: number, first: Program, more: string): string =>
    Array.from({ length: count }, (_, i) =>
      runs(`t${i}`, i === 0 ? first : { steps: first.steps! + i }, i === 0 ? more : `    needs: t${i - 1}\n`),
    ).join("");
  const child = file(definition("child", asks + chain(12, { steps: 50 }, "")));
  const text = definition(
    "parent",
    calls("child", child) +
      chain(12, { steps: 3, hold: gate.file }, "") +
      runs("last", { steps: 1 }, "    needs: [child, t11]\n"),
  );
  const run = await fleet.launch({ definition: text });
  gate.open();
  await until(run, (state) => statuses(state)["t11"] === "succeeded" && stageOf(state).status === "waiting");
  const latest = childOf(run);
  await until(latest, (state) => statuses(state)["t11"] === "succeeded");
  expect(await hasContinued(run)).toBe(false);
  await approval(latest);
  const ended = await fleet.find(run.workflowId).result();
  expect(ended.stages["last"]!.status).toBe("succeeded");
  expect(await started(latest, "t11")).toBe(1);
  expect(await hasContinued(latest)).toBe(true);
  expect(await hasContinued(run)).toBe(true);
});

describe("code of a child", () => {
  const command = "  run:\n    uses: command\n    with: { run: ['true'] }\n";
  const parent = (child: string): string => definition("parent", calls("child", child));

  test("a definition from elsewhere cannot run it, though the child is a file of the project", async () => {
    const run = await fleet.launch({ definition: parent(file(definition("child", command))) });
    const { type, message } = await runFailure(run);
    expect(type).toBe("CHILD_FAILED");
    expect(message).toContain("CODE_NOT_ALLOWED");
    expect((await findPlan(fleet.home, childOf(run).workflowId))!.grant).toBeUndefined();
  });

  test("nor bring a child of its own, with a definition or beside a pipeline of the project", async () => {
    const files = { "./evil.yaml": { file: "evil.yaml", text: definition("evil", command) } };
    const run = await fleet.launch({ definition: parent("./evil.yaml"), files });
    expect((await runFailure(run)).message).toContain("CODE_NOT_ALLOWED");
    const named = file(parent("./evil.yaml"));
    const beside = await fleet.launch({ pipeline: named, files });
    expect((await runFailure(beside)).message).toContain("files are given only with a definition");
  });

  test("a signed request and a pipeline of the project may, and their children with them", async () => {
    const child = file(definition("child", command));
    const named = await fleet.launch({ pipeline: file(parent(child)) });
    await named.result();
    const workflowId = `signed-${files++}`;
    const own = { file: "own.yaml", text: definition("own", command) };
    const request = { definition: parent("./own.yaml"), files: { "./own.yaml": own } };
    await fleet.client.workflow.start("pipeline", {
      ...{ taskQueue: "pawl", workflowId },
      args: [signRequest(fleet.home, workflowId, request)],
    });
    await fleet.find(workflowId).result();
    expect((await findPlan(fleet.home, `${workflowId}.child`))!.grant).toBeDefined();
  });

  test("a change of a child's inputs needs a signature if the run may run code", async () => {
    const text = `name: child\ninputs: { rows: { type: integer, maximum: 2, default: 1 } }\nstages:\n`;
    const child = file(text + runs("a", failing, "    if: inputs.rows > 0\n"));
    const park = definition("parent", calls("child", child, "    onFailure: park\n"));
    const change = { stage: "child", with: { inputs: { rows: 2 } } };
    const granted = await fleet.launch({ pipeline: file(park) });
    await until(granted, isIn("parked"));
    expect(await refusal(granted.executeUpdate("retry", { args: [change] }))).toContain("CODE_NOT_ALLOWED");
    const signed = signChange(fleet.home, granted.workflowId, change);
    await granted.executeUpdate("retry", { args: [signed] });
    await until(granted, isIn("parked"));
    expect((await findPlan(fleet.home, childOf(granted).workflowId))!.inputs).toEqual({ rows: 2 });
    await granted.executeUpdate("abort", { args: [{ stage: "child" }] });
    const free = await fleet.launch({ definition: park });
    await until(free, isIn("parked"));
    await free.executeUpdate("retry", { args: [change] });
    await until(free, isIn("parked"));
    await free.executeUpdate("abort", { args: [{ stage: "child" }] });
    expect((await runFailure(free)).type).toBe("CHILD_FAILED");
  });
});
