import { WorkflowUpdateFailedError } from "@temporalio/client";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { GivenChoices, ChoiceProgress, ChoiceUpdate } from "../../../schemas/choices.js";
import { openArtifact } from "../../../store/artifacts/artifacts.js";
import { layout } from "../../../store/home.js";
import { findRecord } from "../../../store/records/runs.js";
import { taskQueues, workflowType } from "../../../schemas/run.js";
import { runFailure, hasContinued, queryRunState, statuses, until, type Run } from "../support/fleet.js";
import { plansFrom, stage, type Program } from "../support/plans.js";
import { fleet } from "./fleet.js";

const plan = plansFrom(2000);

const send = (run: Run, name: string, asked: ChoiceUpdate): Promise<ChoiceProgress> =>
  run.executeUpdate<ChoiceProgress, [ChoiceUpdate]>(name, { args: [asked] });
const choose = (run: Run, item: number, choice: ChoiceUpdate["choice"] = "first"): Promise<ChoiceProgress> =>
  send(run, "choose", { stage: "a", item, ...(choice && { choice }) });

let seed = 500;
async function waiting(request: NonNullable<Program["request"]>, more: Parameters<typeof stage>[2] = {}): Promise<Run> {
  const stages = [stage("a", { request }, more), stage("b", {}, { needs: ["a"] })];
  const run = await fleet.launch(plan(stages, { seed: seed++ }));
  await isWaiting(run);
  return run;
}
const isWaiting = (run: Run) => until(run, ({ stages }) => stages[0]?.status === "waiting");

/** What the stage was given when it continued. */
async function answers(run: Run): Promise<GivenChoices> {
  const { outputs } = (await queryRunState(run)).stages[0]!;
  return JSON.parse(readFileSync(path.join(await openArtifact(fleet.home, outputs["train"]!), "state"), "utf8"));
}

async function refused(work: Promise<unknown>): Promise<unknown> {
  const error = await work.catch((failed: unknown) => failed);
  expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
  return (error as WorkflowUpdateFailedError).cause;
}

describe("choices", () => {
  test("are taken one by one; once there are enough, the stage resumes with exactly these", async () => {
    const run = await waiting({ items: 3, target: 3 });
    expect(await queryRunState(run)).toMatchObject({
      status: "waiting",
      stages: [{ choiceRequest: { items: 3, choices: {} } }, {}],
    });
    expect(await choose(run, 2, "tie")).toEqual({ stage: "a", chosen: 1, target: 3, closed: false });
    await choose(run, 1, "second");
    expect(await choose(run, 3, "bothBad")).toEqual({ stage: "a", chosen: 3, target: 3, closed: true });
    const result = await run.result();
    expect(result.stages["a"]).toMatchObject({ status: "succeeded", metrics: { trainRows: 3 } });
    expect((await answers(run)).choices).toEqual({ 1: "second", 2: "tie", 3: "bothBad" });
    // The attempt that requested choices, and the one that resumed.
    expect((await queryRunState(run)).stages[0]).toMatchObject({ attempts: 2 });
    expect((await queryRunState(run)).stages[0]!.choiceRequest).toMatchObject({ closed: "target" });
  });

  test("the same choice again changes nothing, another one replaces it, a withdrawn one is removed", async () => {
    const run = await waiting({ items: 4, target: 2 });
    await choose(run, 1);
    expect(await choose(run, 1)).toMatchObject({ chosen: 1 });
    expect(await choose(run, 1, "second")).toMatchObject({ chosen: 1 });
    await choose(run, 1, "tie");
    expect(await send(run, "withdraw", { stage: "a", item: 1 })).toMatchObject({ chosen: 0 });
    expect(await send(run, "withdraw", { stage: "a", item: 1 })).toMatchObject({ chosen: 0 });
    await choose(run, 3);
    await choose(run, 4, "second");
    await run.result();
    expect((await answers(run)).choices).toEqual({ 3: "first", 4: "second" });
  });

  test("what does not fit is refused, with a code", async () => {
    const run = await waiting({ items: 3, target: 2 });
    const cases: [string, object, string, RegExp][] = [
      ["choose", { stage: "a", item: 4, choice: "first" }, "OUT_OF_RANGE", /no item 4: they are numbered 1 to 3/],
      ["choose", { stage: "a", item: 1.5, choice: "first" }, "OUT_OF_RANGE", /no item 1\.5/],
      ["choose", { stage: "a", item: 1, choice: "third" }, "NOT_ALLOWED", /first, second, tie, bothBad, got "third"/],
      [
        "choose",
        { stage: "b", item: 1, choice: "first" },
        "STAGE_NOT_WAITING",
        /stages\.b is queued, not waiting for choices; waiting for choices: a/,
      ],
      ["choose", { stage: "c", item: 1, choice: "first" }, "STAGE_NOT_WAITING", /stages\.c does not exist/],
      ["withdraw", { stage: "a", item: 0 }, "OUT_OF_RANGE", /no item 0/],
      ["close", {}, "STAGE_NOT_WAITING", /names no stage/],
    ];
    for (const [name, argument, type, message] of cases)
      expect(await refused(send(run, name, argument as ChoiceUpdate))).toMatchObject({
        type,
        message: expect.stringMatching(message),
      });
    expect((await queryRunState(run)).stages[0]!.choiceRequest!.choices).toEqual({});
    await choose(run, 1);
    await choose(run, 2);
    await run.result();
  });

  test("once closed, none is taken and none is taken back; a repeated one is no error", async () => {
    const gate = fleet.gate();
    const first = stage("a", { request: { items: 2, target: 2 } });
    const run = await fleet.launch(plan([first, stage("busy", { hold: gate.file })], { seed: seed++ }));
    await isWaiting(run);
    await choose(run, 1);
    expect(await choose(run, 2)).toMatchObject({ closed: true });
    expect(await refused(choose(run, 1, "second"))).toMatchObject({ type: "STAGE_NOT_WAITING" });
    expect(await refused(send(run, "withdraw", { stage: "a", item: 1 }))).toMatchObject({ type: "STAGE_NOT_WAITING" });
    gate.open();
    await run.result();
    expect((await answers(run)).choices).toEqual({ 1: "first", 2: "first" });
  });
});

describe("closing", () => {
  test("by a person, with what there is", async () => {
    const run = await waiting({ items: 9, target: 9 });
    await choose(run, 5);
    expect(await send(run, "close", { stage: "a" })).toMatchObject({ chosen: 1, closed: true });
    expect((await run.result()).stages["a"]!.metrics).toEqual({ trainRows: 1 });
  });

  test("by the deadline, with what there is", async () => {
    const run = await waiting({ items: 9, target: 9, deadlineMs: 10_000 });
    await choose(run, 5);
    expect((await run.result()).stages["a"]!.metrics).toEqual({ trainRows: 1 });
  });

  test("by the deadline without a choice: the stage decides; here it fails, and a retry asks again", async () => {
    const request = { items: 2, target: 1 };
    const soon = stage("a", { request: { ...request, deadlineMs: 300 } }, { onFailure: "park" });
    const run = await fleet.launch(plan([soon], { seed: seed++ }));
    const parked = await until(run, ({ status }) => status === "parked");
    expect(parked.stages[0]!.failure).toMatchObject({ code: "DATA_EMPTY" });
    // The same again, with time to answer.
    const source = { text: JSON.stringify({ request: { ...request, deadlineMs: 600_000 } }) };
    await run.executeUpdate("retry", { args: [{ stage: "a", with: { source } }] });
    await isWaiting(run);
    await choose(run, 1);
    expect((await run.result()).stages["a"]!.metrics).toEqual({ trainRows: 1 });
  });

  test("choices that give nothing to learn from: a retry asks again with them, and a changed one closes", async () => {
    const run = await waiting({ items: 3, target: 2 }, { onFailure: "park" });
    await choose(run, 1, "bothBad");
    await choose(run, 2, "bothBad");
    const parked = await until(run, ({ status }) => status === "parked");
    expect(parked.stages[0]!.failure).toMatchObject({ code: "DATA_EMPTY" });
    await run.executeUpdate("retry", { args: [{ stage: "a" }] });
    const { stages } = await isWaiting(run);
    expect(stages[0]!.choiceRequest!.choices).toEqual({ 1: "bothBad", 2: "bothBad" });
    await choose(run, 2, "second");
    await run.result();
    expect((await answers(run)).choices).toEqual({ 1: "bothBad", 2: "second" });
  });

  test("a deadline that comes after enough choices does nothing", async () => {
    const gate = fleet.gate();
    const first = stage("a", { request: { items: 2, target: 1, deadlineMs: 600_000 } });
    const run = await fleet.launch(plan([first, stage("busy", { hold: gate.file })], { seed: seed++ }));
    await isWaiting(run);
    await choose(run, 2);
    await until(run, ({ stages }) => stages[0]?.status === "succeeded");
    const events = (await run.fetchHistory()).events!;
    expect(events.filter(({ timerCanceledEventAttributes: cancelled }) => cancelled)).toHaveLength(1);
    gate.open();
    await run.result();
  });
});

describe("choices outlive", () => {
  test("the workers: no worker process is held, and killed processes lose nothing", async () => {
    const run = await waiting({ items: 3, target: 2 });
    await choose(run, 3);
    await fleet.supervisor.stop();
    await fleet.startWorkers();
    await choose(run, 1, "second");
    await run.result();
    expect((await answers(run)).choices).toEqual({ 1: "second", 3: "first" });
  });

  test("a worker killed in the attempt that continues", async () => {
    const crash = { steps: 4, checkpointEvery: 2, request: { items: 2, target: 1 }, crash: { at: 3, attempts: 2 } };
    const run = await fleet.launch(plan([stage("a", crash)], { seed: seed++ }));
    await isWaiting(run);
    await choose(run, 2, "tie");
    await run.result();
    expect((await answers(run)).choices).toEqual({ 2: "tie" });
    expect((await queryRunState(run)).stages[0]!.attempts).toBeGreaterThan(2);
  });

  test("the server", async () => {
    const run = await waiting({ items: 3, target: 2, deadlineMs: 3_600_000 });
    await choose(run, 3);
    await fleet.crashServer();
    const again = fleet.find(run.workflowId);
    await choose(again, 1);
    await again.result();
    expect((await answers(again)).choices).toEqual({ 1: "first", 3: "first" });
  });

  test("continuing as new", async () => {
    const run = await waiting({ items: 40, target: 40, deadlineMs: 3_600_000 });
    const latest = fleet.find(run.workflowId);
    for (let item = 1; item <= 40; item++) await choose(latest, item, item % 2 ? "first" : "second");
    await latest.result();
    expect(Object.keys((await answers(latest)).choices)).toHaveLength(40);
    expect(await hasContinued(latest)).toBe(true);
  });

  test("cancelling: the run that is resumed asks about the same pairs and has them", async () => {
    const run = await waiting({ items: 3, target: 2 });
    await choose(run, 2, "bothBad");
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ cause: { name: "CancelledFailure" } });
    const state = await queryRunState(run);
    expect(statuses(state)).toEqual({ a: "cancelled", b: "cancelled" });
    const resumed = await fleet.launch({
      plan: state.plan!,
      stages: Object.fromEntries(state.stages.map((one) => [one.id, one])),
    });
    await isWaiting(resumed);
    expect(await choose(resumed, 1)).toMatchObject({ chosen: 2, closed: true });
    await resumed.result();
    expect((await answers(resumed)).choices).toEqual({ 1: "first", 2: "bothBad" });
  });

  test("the server's whole memory: they are recorded while they are made, and a resume keeps them", async () => {
    const run = await waiting({ items: 3, target: 3 });
    const recorded = async () => (await findRecord(fleet.home, run.workflowId))!;
    const kept = async (choices: object): Promise<void> => {
      while (!isDeepStrictEqual((await recorded()).stages[0]!.choiceRequest?.choices, choices))
        await queryRunState(run);
    };
    await kept({});
    await choose(run, 2, "tie");
    await kept({ 2: "tie" });
    await choose(run, 3);
    await send(run, "withdraw", { stage: "a", item: 2 });
    await kept({ 3: "first" });
    expect(await recorded()).toMatchObject({ status: "waiting", stages: [{ status: "waiting" }, {}] });
    expect((await recorded()).endedAt).toBeUndefined();
    // As `pawl resume` does where the server does not know the run any more.
    await run.terminate();
    const { plan: before, stages } = await recorded();
    const resumed = await fleet.client.workflow.start(workflowType, {
      taskQueue: taskQueues.cpu,
      workflowId: run.workflowId,
      args: [{ plan: before!, stages: Object.fromEntries(stages.map((one) => [one.id, one])) }],
    });
    await isWaiting(resumed as Run);
    expect((await recorded()).stages[0]!.choiceRequest).toMatchObject({ choices: { 3: "first" } });
    await resumed.terminate();
  });

  test("the success: where the preferences are made again within the run, the choices count and nobody is asked", async () => {
    const gate = fleet.gate();
    const open = "${{ stages.a.outputs.train.digest }}";
    const stages = [
      stage("a", { request: { items: 3, target: 3 } }),
      stage("b", { hold: gate.file, open }, { needs: ["a"] }),
    ];
    const run = await fleet.launch(plan(stages, { seed: seed++ }));
    await isWaiting(run);
    await choose(run, 2, "tie");
    await send(run, "close", { stage: "a" });
    const { stages: states } = await until(run, (state) => statuses(state)["b"] === "running");
    expect(await refused(choose(run, 1))).toMatchObject({ type: "STAGE_NOT_WAITING" });
    rmSync(layout.object(fleet.home, states[0]!.outputs["train"]!.digest), { recursive: true });
    gate.open();
    const again = await until(
      run,
      ({ stages }) => ["waiting", "succeeded"].includes(stages[0]!.status) && stages[0]!.attempts > 2,
    );
    expect(again.stages[0]).toMatchObject({ status: "succeeded", attempts: 3, metrics: { trainRows: 1 } });
    await run.result();
    expect((await answers(run)).choices).toEqual({ 2: "tie" });
  });

  test("the success: a resume that makes the preferences again has them, and asks nobody", async () => {
    const run = await waiting({ items: 3, target: 3 });
    await choose(run, 3);
    await send(run, "close", { stage: "a" });
    await run.result();
    const { plan: before, stages } = await queryRunState(run);
    rmSync(layout.object(fleet.home, stages[0]!.outputs["train"]!.digest), { recursive: true });
    // As `pawl resume` sends it.
    const a = { ...stages[0]!, status: "queued" as const };
    const resumed = await fleet.launch({ plan: before!, stages: { a, b: stages[1]! } });
    const again = await until(resumed, ({ stages }) => ["waiting", "succeeded"].includes(stages[0]?.status ?? ""));
    expect(again.stages[0]).toMatchObject({ status: "succeeded", attempts: 1 });
    await resumed.result();
    expect((await answers(resumed)).choices).toEqual({ 3: "first" });
  });

  test("but not other pairs", async () => {
    const run = await waiting({ items: 3, target: 2 });
    await choose(run, 2);
    await run.cancel();
    await run.result().catch(() => undefined);
    const { plan: before, stages } = await queryRunState(run);
    const changes = [{ source: { text: JSON.stringify({ request: { items: 4, target: 2 } }) } }];
    const resumed = await fleet.launch({ plan: before!, stages: { a: { ...stages[0]!, changes } } });
    const state = await isWaiting(resumed);
    expect(state.stages[0]!.choiceRequest).toMatchObject({ items: 4, choices: {} });
    await resumed.cancel();
  });
});

test("a stage that fails ends the requests of others, whose choices are kept", async () => {
  const gate = fleet.gate();
  const bad: Program = { hold: gate.file, fail: { code: "DATA_INVALID", attempts: 9 } };
  const run = await fleet.launch(
    plan([stage("a", { request: { items: 3, target: 3 } }), stage("bad", bad)], { seed: seed++ }),
  );
  await isWaiting(run);
  await choose(run, 1);
  gate.open();
  expect((await runFailure(run)).type).toBe("DATA_INVALID");
  expect((await queryRunState(run)).stages[0]).toMatchObject({
    status: "cancelled",
    reason: "stages.bad failed before this stage had its choices, which are kept",
    choiceRequest: { choices: { 1: "first" } },
  });
});

test("choices made here count, though another run has left a result of the same key meanwhile", async () => {
  const stages = [stage("a", { request: { items: 3, target: 1 } })];
  const twice = plan(stages, { seed: seed++ });
  const [one, other] = [await fleet.launch(twice), await fleet.launch(twice)];
  await Promise.all([isWaiting(one), isWaiting(other)]);
  await choose(one, 1);
  await one.result();
  await choose(other, 3, "second");
  await other.result();
  expect((await answers(other)).choices).toEqual({ 3: "second" });
  const third = await fleet.launch(twice);
  expect((await third.result()).stages["a"]!.status).toBe("cached");
});

test("the UI shows what is requested, and how to choose", async () => {
  const run = await waiting({ items: 3, target: 2 });
  await choose(run, 1);
  const { currentDetails } = await run.query<{ currentDetails: string }>("__temporal_workflow_metadata");
  expect(currentDetails).toContain("a requests choices: 1 of 2");
  expect(currentDetails).toContain(`pawl choose ${run.workflowId}`);
  await run.cancel();
});
