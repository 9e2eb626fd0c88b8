import { storeId } from "../../../store/ownership/identity.js";
import { hasArtifacts, openArtifact } from "../../../store/artifacts/artifacts.js";
import { checkpointSteps } from "../../../store/checkpoints.js";
import { readLog } from "../../../store/history/log-reader.js";
import { findResult } from "../../../store/records/results.js";
import { findRecord } from "../../../store/records/runs.js";
import { runFailure, statuses, queryRunState, until, type Run } from "../support/fleet.js";
import { plansFrom, stage } from "../support/plans.js";
import { fleet } from "./fleet.js";

const plan = plansFrom(2000);

test("a run gives outputs, metrics and the status of every stage", async () => {
  const run = await fleet.launch(
    plan(
      [stage("a", { steps: 3 }), stage("b", { steps: 2 }, { needs: ["a"], if: "stages.a.metrics.trainRows == 3" })],
      {
        outputs: { steps: "${{ stages.a.metrics.trainRows }}", text: "b took ${{ stages.b.metrics.trainRows }}" },
      },
    ),
  );
  const result = await run.result();
  expect(result.outputs).toEqual({ steps: 3, text: "b took 2" });
  expect(result.stages["a"]).toEqual({
    status: "succeeded",
    metrics: { trainRows: 3 },
    outputs: {
      train: { artifact: "dataset", digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      heldOut: expect.anything(),
    },
  });
  const state = await queryRunState(run);
  expect(state.status).toBe("succeeded");
  expect(statuses(state)).toEqual({ a: "succeeded", b: "succeeded" });
});

test("a run that fails in its outputs records why", async () => {
  const run = await fleet.launch(
    plan([stage("a", {})], { outputs: { parsed: "${{ fromJSON(stages.a.outputs.train.digest) }}" } }),
  );
  const { type, message } = await runFailure(run);
  expect(message).toMatch(/^outputs: /);
  const failure = { code: type, message };
  expect(await queryRunState(run)).toMatchObject({ status: "failed", failure });
  expect(await findRecord(fleet.home, run.workflowId)).toMatchObject({ status: "failed", failure });
});

test("outputs of a stage that left none are null", async () => {
  const run = await fleet.launch(
    plan([stage("a", {}, { if: "false" }), stage("b", {}, { needs: ["a"] })], {
      outputs: { whole: "${{ stages.a.outputs.train }}", text: "<${{ stages.b.metrics.trainRows }}>" },
    }),
  );
  const result = await run.result();
  expect(result.outputs).toEqual({ whole: null, text: "<>" });
  expect((await queryRunState(run)).stages.map(({ status, reason }) => `${status}: ${reason}`)).toEqual([
    "skipped: if: false is false",
    "skipped: it needs stages.a, which was skipped",
  ]);
});

test("independent stages run at the same time", async () => {
  const gate = fleet.gate();
  const hold = { steps: 2, hold: gate.file };
  const run = await fleet.launch(plan([stage("a", { ...hold, stepMs: 1 }), stage("b", { ...hold, stepMs: 2 })]));
  await Promise.all([fleet.logged(run, "a", /^working/), fleet.logged(run, "b", /^working/)]);
  gate.open();
  expect(
    statuses({
      stages: await run
        .result()
        .then(() => queryRunState(run))
        .then((state) => state.stages),
    }),
  ).toEqual({
    a: "succeeded",
    b: "succeeded",
  });
});

test("a second run takes its results from the store, except where `cache: false`", async () => {
  const twice = plan([stage("a", { steps: 7 }), stage("b", { steps: 8 }, { cache: false })]);
  const first = await (await fleet.launch(twice)).result();
  const second = await (await fleet.launch(twice)).result();
  expect(second.stages["a"]).toEqual({ ...first.stages["a"], status: "cached" });
  expect(second.stages["b"]).toEqual(first.stages["b"]);
});

test("another seed is another key", async () => {
  const run = async (seed: number) => {
    const handle = await fleet.launch(plan([stage("a", { steps: 9 })], { seed }));
    await handle.result();
    return (await queryRunState(handle)).stages[0]!;
  };
  const [one, two, again] = [await run(1), await run(2), await run(1)];
  expect(two.key).not.toBe(one.key);
  expect([one.status, two.status, again.status]).toEqual(["succeeded", "succeeded", "cached"]);
});

test("a resumed run keeps what had succeeded and runs the rest", async () => {
  const whole = plan([stage("a", { steps: 4 }, { cache: false }), stage("b", { steps: 6 }, { needs: ["a"] })]);
  const before = await fleet.launch(plan([whole.stages[0]!, { ...whole.stages[1]!, if: "false" }]));
  await before.result();
  const { stages } = await queryRunState(before);
  const resumed = await fleet.launch({
    plan: whole,
    stages: Object.fromEntries(stages.map((state) => [state.id, state])),
  });
  await resumed.result();
  expect(statuses(await queryRunState(resumed))).toEqual({ a: "succeeded", b: "succeeded" });
  expect(await fleet.log(resumed, "a")).toEqual([]);
});

test("a brief stage does not wait behind stages that keep every worker process busy", async () => {
  const gate = fleet.gate();
  const busy = { steps: 2, hold: gate.file };
  const brief = stage("brief", {}, { with: { source: { text: "one line" } } });
  const ids = ["a", "b", "c"];
  const stages = ids.map((id, i) => stage(id, { ...busy, stepMs: 3 + i }));
  const run = await fleet.launch(plan([...stages, brief], { seed: 10 }));
  await Promise.all(ids.map((id) => fleet.logged(run, id, /^working/)));
  await fleet.logged(run, "brief", /^finished/);
  gate.open();
  const ended = await run.result();
  expect(ended.stages["brief"]).toMatchObject({ status: "succeeded", outputs: { train: { artifact: "dataset" } } });
});

test("a brief stage fails as any other does", async () => {
  const empty = stage("empty", {}, { with: { source: { text: "" } }, onFailure: "continue" });
  const run = await fleet.launch(plan([empty]));
  await run.result();
  expect((await queryRunState(run)).stages[0]).toMatchObject({
    status: "failed",
    attempts: 1,
    failure: { code: "DATA_EMPTY" },
  });
});

test("a stage may be silent for longer than its heartbeat allows, as long as its process turns", async () => {
  const run = await fleet.launch(plan([stage("a", { stepMs: 12_000 }, { heartbeatMs: 5000 })], { seed: 12 }));
  await run.result();
  expect((await queryRunState(run)).stages[0]?.attempts).toBe(1);
});

/**
 * The SDK's own timer ends an attempt 5 s after the heartbeat would have; a lost attempt is not
 * repeated.
 */
test.each([
  ["without a checkpoint", { blockMs: 12_000 }, 13],
  ["in each of its steps", { steps: 2, blockMs: 9000, stepMs: 1, checkpointEvery: 1 }, 14],
])(
  "a stage may keep its process busy in one call for longer than its heartbeat allows, %s",
  async (_, program, seed) => {
    const { retry } = stage("a", {});
    const never = { ...retry, on: { ...retry.on, lost: 0, preempted: 0 } };
    const run = await fleet.launch(plan([stage("a", program, { heartbeatMs: 3000, retry: never })], { seed }));
    await run.result();
    // A lost attempt that had recorded its result leaves the status "cached", and `attempts` at 1.
    expect((await queryRunState(run)).stages[0]).toMatchObject({ status: "succeeded", attempts: 1 });
    expect(await fleet.log(run, "a")).not.toContainEqual(expect.stringMatching(/canceled|failed/));
  },
);

test("a run that is canceled during such a call stops after it, with a checkpoint", async () => {
  const program = { steps: 3, blockMs: 9000, stepMs: 300 };
  const run = await fleet.launch(plan([stage("a", program, { heartbeatMs: 3000 })], { seed: 15 }));
  const { data } = await fleet.logged(run, "a", /^started/);
  await fleet.logged(run, "a", /^working/);
  await run.cancel();
  await expect(run.result()).rejects.toMatchObject({ cause: { name: "CancelledFailure" } });
  expect(await fleet.log(run, "a")).toContainEqual(expect.stringMatching(/^1 canceled: the run was canceled/));
  const steps = await checkpointSteps(fleet.home, (data as { key: string }).key);
  expect(steps).toHaveLength(1);
  expect(steps[0]).toBeLessThan(3);
});

test("two runs do the same stage, of the same key, at the same time: both succeed, with equal artifacts", async () => {
  const gate = fleet.gate();
  const same = plan([stage("a", { steps: 40, checkpointEvery: 1, hold: gate.file })]);
  const runs = [await fleet.launch(same), await fleet.launch(same)];
  await Promise.all(runs.map((run) => fleet.logged(run, "a", /^working/)));
  const keys = await Promise.all(runs.map(async (run) => (await queryRunState(run)).stages[0]!.key));
  expect(keys[0]).toBe(keys[1]);
  gate.open();
  const [first, second] = await Promise.all(runs.map((run) => run.result()));
  expect(first!.stages["a"]!.status).toBe("succeeded");
  expect(second!.stages["a"]).toEqual(first!.stages["a"]);
  await openArtifact(fleet.home, first!.stages["a"]!.outputs["train"]!);
  // The store holds one whole result: a third run takes it.
  const third = await (await fleet.launch(same)).result();
  expect(third.stages["a"]).toEqual({ ...first!.stages["a"], status: "cached" });
});

test("with workers of two stores on one server, a run stays with the store in which it began", async () => {
  const other = await fleet.startOtherStore();
  try {
    const homes = new Map([
      [await storeId(fleet.home), fleet.home],
      [await storeId(other.home), other.home],
    ]);
    const gate = fleet.gate();
    const open = "${{ stages.a.outputs.train.digest }}";
    const stages = [
      stage("a", { steps: 2 }),
      stage("b", { hold: gate.file, open }, { needs: ["a"] }),
      stage("c", { open }, { needs: ["a", "b"] }),
    ];
    const seeds = [901, 902, 903, 904];
    const runs = await Promise.all(seeds.map((seed) => fleet.launch(plan(stages, { seed }))));
    await Promise.all(runs.map((run) => until(run, ({ store }) => store !== undefined)));
    // Whoever takes the workflows up next may be a worker of the wrong store.
    process.kill(fleet.pid("workflows"), "SIGKILL");
    process.kill(other.supervisor.processes().find(({ name }) => name === "workflows")!.pid, "SIGKILL");
    gate.open();
    for (const run of runs) {
      await run.result();
      const { store, stages: ended } = await queryRunState(run);
      const home = homes.get(store!)!;
      for (const { outputs } of ended) expect(hasArtifacts(home, outputs)).toBe(true);
      expect((await findRecord(home, run.workflowId))?.status).toBe("succeeded");
    }
  } finally {
    await other.supervisor.stop();
  }
});

test("a worker of another store gives a run back as often as it comes, without a failed task", async () => {
  const other = await fleet.startOtherStore();
  try {
    await fleet.supervisor.stop();
    const store = await storeId(fleet.home);
    const run = await fleet.launch({ plan: plan([stage("a", { steps: 2 })], { seed: 905 }), store });
    await timersFired(run, 2);
    expect(await queryRunState(run)).toMatchObject({ status: "loading", stages: [] });
    await fleet.startWorkers();
    expect((await run.result()).stages["a"]!.status).toBe("succeeded");
    expect(await findRecord(other.home, run.workflowId)).toBeUndefined();
    const { events } = await run.fetchHistory();
    expect(events!.filter(({ workflowTaskFailedEventAttributes: failed }) => failed)).toEqual([]);
    expect(JSON.stringify(events)).not.toContain(other.home);
  } finally {
    await other.supervisor.stop();
  }
});

interface HistoryPage {
  history?: { events?: { timerFiredEventAttributes?: unknown }[] | null } | null;
  nextPageToken?: Uint8Array | null;
}

/** Waits until a number of timers of a run have fired; throws when the run ends before. */
async function timersFired(run: Run, number: number): Promise<void> {
  const { workflowService, options } = run.client;
  const asked = { namespace: options.namespace, execution: { workflowId: run.workflowId }, waitNewEvent: true };
  let token: Uint8Array | null = null;
  let fired = 0;
  do {
    const page: HistoryPage = await workflowService.getWorkflowExecutionHistory({ ...asked, nextPageToken: token });
    fired += (page.history?.events ?? []).filter(({ timerFiredEventAttributes: timer }) => timer).length;
    token = page.nextPageToken?.length ? page.nextPageToken : null;
  } while (fired < number && token !== null);
  if (fired < number) throw new Error("the run has ended before its timers");
}

/** Waits until a run has a checkpoint of a step. */
async function checkpointed(run: Run, step: number): Promise<void> {
  const follow = new AbortController();
  for await (const { message, data } of readLog(fleet.home, run.workflowId, { follow: follow.signal }))
    if (message === "checkpoint" && data?.["step"] === step) follow.abort();
}

test("an attempt that is continued after the server has given it up leaves nothing", async () => {
  const gate = fleet.gate();
  const program = { steps: 3, checkpointEvery: 1, hold: gate.file };
  const run = await fleet.launch(plan([stage("a", program, { heartbeatMs: 2000 })], { seed: 950 }));
  const { data } = await fleet.logged(run, "a", /^started/, 1);
  const { pid, key } = data as { pid: number; key: string };
  await checkpointed(run, 2);
  process.kill(pid, "SIGSTOP");
  try {
    await fleet.logged(run, "a", /^started/, 2);
    gate.open();
    await run.result();
  } finally {
    process.kill(pid, "SIGCONT");
  }
  // Why the first attempt ended stays known, though the stage has succeeded since.
  const lost = { attempt: 1, code: "WORKER_LOST", message: expect.stringMatching(/no heartbeat/) as string };
  expect((await queryRunState(run)).stages[0]).toMatchObject({ status: "succeeded", attempts: 2, ended: [lost] });
  expect(await fleet.log(run, "a")).toContainEqual(expect.stringMatching(/^1 failed: WORKER_LOST: .*no heartbeat/));
  const follow = new AbortController();
  for await (const { attempt, message } of readLog(fleet.home, run.workflowId, { follow: follow.signal }))
    if (attempt === 1 && /^(failed|canceled|finished)(?!: WORKER_LOST)/.test(message)) {
      expect(message).toMatch(/^failed: PREEMPTED: (a later attempt at this stage has begun|the server has given up)/);
      follow.abort();
    }
  expect(await checkpointSteps(fleet.home, key)).toEqual([]);
  expect((await findResult(fleet.home, key))?.outputs).toEqual((await queryRunState(run)).stages[0]!.outputs);
});
