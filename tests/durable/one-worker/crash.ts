import { fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { packageRoot } from "../../../platform/program/locations.js";
import { taskQueues, workflowType } from "../../../schemas/run.js";
import { layout } from "../../../store/home.js";
import { connectToRunning } from "../../../worker/server/connection.js";
import { startDevServer } from "../../../worker/server/dev-server.js";
import { queryRunState, until, type Run } from "../support/fleet.js";
import { plansFrom, stage, type Program } from "../support/plans.js";
import { fleet } from "./fleet.js";

const plan = plansFrom(3000);

/** What a stage leaves that is never disturbed. */
async function uninterrupted(program: Program) {
  const calm: Program = { ...program };
  delete calm.hold;
  delete calm.crash;
  const run = await fleet.launch(plan([stage("a", calm)]));
  return (await run.result()).stages["a"]!.outputs;
}
const outputs = async (run: Run) => (await run.result()).stages["a"]!.outputs;
/**
 * A worker that is lost must not be waited for: the heartbeat timeout is longer than the test may
 * take.
 */
const slowHeartbeat = { heartbeatMs: 600_000, timeoutMs: 600_000 };

test("a stage whose process is killed repeatedly resumes from its checkpoints and ends in the same state", async () => {
  const program = { steps: 10, checkpointEvery: 3, crash: { at: 7, attempts: 2 } };
  const run = await fleet.launch(plan([stage("a", program, slowHeartbeat)]));
  expect(await outputs(run)).toEqual(await uninterrupted(program));
  expect(await fleet.log(run, "a")).toEqual([
    "1 started",
    "1 working",
    "1 checkpoint",
    "1 checkpoint",
    "1 failed: WORKER_LOST: the worker process was killed by SIGKILL",
    "2 started",
    "2 resumes from its checkpoint",
    "2 working",
    "2 failed: WORKER_LOST: the worker process was killed by SIGKILL",
    "3 started",
    "3 resumes from its checkpoint",
    "3 working",
    "3 checkpoint",
    "3 finished",
  ]);
  expect((await queryRunState(run)).stages[0]!.attempts).toBe(3);
});

test("the budget for lost workers starts anew with every checkpoint", async () => {
  const retry = { ...stage("", {}).retry, on: { preempted: 0, lost: 1, outOfMemory: 0 } };
  const program = { steps: 9, checkpointEvery: 1, crash: { attempts: 5 } };
  const run = await fleet.launch(plan([stage("a", program, { ...slowHeartbeat, retry })]));
  expect(await outputs(run)).toEqual(await uninterrupted(program));
  expect((await queryRunState(run)).stages[0]!.attempts).toBe(6);
});

test("SIGTERM lets a stage save a checkpoint and gives its task back", async () => {
  const gate = fleet.gate();
  const program = { steps: 5, hold: gate.file };
  const run = await fleet.launch(plan([stage("a", program, slowHeartbeat)]));
  await fleet.logged(run, "a", /^working/);
  process.kill(fleet.pid("cpu 1"), "SIGTERM");
  await fleet.logged(run, "a", /^resumes/, 2);
  gate.open();
  expect(await outputs(run)).toEqual(await uninterrupted(program));
  expect((await fleet.log(run, "a")).slice(2, 7)).toEqual([
    "1 checkpoint",
    "1 failed: PREEMPTED: the worker is stopping; the stage resumes from its checkpoint elsewhere",
    "2 started",
    "2 resumes from its checkpoint",
    "2 working",
  ]);
});

test("a run survives the death of the process that runs workflow code", async () => {
  const gate = fleet.gate();
  const run = await fleet.launch(
    plan([stage("a", { steps: 2, hold: gate.file }), stage("b", { steps: 3 }, { needs: ["a"] })], { seed: 2 }),
  );
  await fleet.logged(run, "a", /^working/);
  process.kill(fleet.pid("workflows"), "SIGKILL");
  gate.open();
  expect((await run.result()).stages["b"]?.status).toBe("succeeded");
});

test("a run continues when the server is killed and comes back", async () => {
  const gate = fleet.gate();
  const program = { steps: 4, hold: gate.file };
  const run = await fleet.launch(plan([stage("a", program, { ...slowHeartbeat, cache: false })], { seed: 3 }));
  await fleet.logged(run, "a", /^working/);
  await fleet.crashServer();
  gate.open();
  await run.result();
  expect((await queryRunState(run)).stages[0]).toMatchObject({ status: "succeeded", attempts: 1 });
});

test("an outage longer than the heartbeat counts for nothing, and costs nothing that a checkpoint holds", async () => {
  const gate = fleet.gate();
  const program = { steps: 2, checkpointEvery: 1, hold: gate.file };
  const retry = { ...stage("", {}).retry, on: { preempted: 0, lost: 0, outOfMemory: 0 } };
  const run = await fleet.launch(plan([stage("a", program, { heartbeatMs: 4000, cache: false, retry })], { seed: 4 }));
  await fleet.logged(run, "a", /^checkpoint/);
  // Else its heartbeat may come before the server, back again, has looked at the time: then nothing
  // is given up.
  const worker = fleet.pid("cpu 1");
  process.kill(worker, "SIGSTOP");
  // The outage that is tested lasts at least so long: a slow machine only makes it longer.
  await fleet.crashServer(() => sleep(8000));
  await until(run, ({ stages }) => stages[0]!.attempts === 2);
  process.kill(worker, "SIGCONT");
  await fleet.logged(run, "a", /^resumes from its checkpoint/, 2);
  gate.open();
  expect((await run.result()).stages["a"]).toMatchObject({ status: "succeeded", metrics: { trainRows: 2 } });
  expect((await queryRunState(run)).stages[0]!.attempts).toBe(2);
});

test("workers take nothing from another directory's server that has their server's port while theirs is away", async () => {
  const { port } = fleet.server;
  await fleet.crashServer(async () => {
    const server = await startDevServer({ port });
    const other = await fleet.startOtherStore(server);
    const { workflow, connection } = await connectToRunning(server);
    for (let seed = 0; seed < 20; seed++) {
      const args = [{ plan: plan([stage("a", { steps: 1 })], { seed }) }];
      await workflow.execute(workflowType, { taskQueue: taskQueues.cpu, workflowId: `foreign-${seed}`, args });
    }
    await connection.close();
    await other.supervisor.stop();
    await server.kill();
  });
  const taken = readdirSync(layout.runs(fleet.home)).filter((name) => name.startsWith("foreign"));
  expect(taken).toEqual([]);
  const run = await fleet.launch(plan([stage("a", { steps: 4 })], { seed: 5 }));
  expect((await run.result()).stages["a"]?.status).toBe("succeeded");
});

describe("a supervisor that dies", () => {
  beforeAll(() => fleet.supervisor.stop());

  async function underForeignSupervisor(seed: number, more: Program = {}) {
    const gate = fleet.gate();
    const run = await fleet.launch(plan([stage("a", { steps: 4, hold: gate.file, ...more }, slowHeartbeat)], { seed }));
    const supervisor = await fleet.startForeignSupervisor();
    await fleet.logged(run, "a", /^working/);
    return { gate, run, ...supervisor };
  }

  test("with its worker process: the next supervisor reports what they left behind", async () => {
    const { gate, run, child, worker } = await underForeignSupervisor(4);
    // Stopped, it cannot see its worker process die.
    child.kill("SIGSTOP");
    process.kill(worker, "SIGKILL");
    child.kill("SIGKILL");
    gate.open();
    await fleet.startWorkers();
    await run.result();
    expect(await fleet.log(run, "a")).toContain("1 failed: WORKER_LOST: the worker process no longer exists");
    await fleet.supervisor.stop();
  });

  test.each([
    ["", 5, {}],
    // Its timers come first then, which tell the supervisor that it works.
    [", also one that is busy in long steps", 6, { steps: 12, blockMs: 600, stepMs: 1 }],
  ])(
    "alone: its worker process saves a checkpoint and goes, so that nothing runs unseen%s",
    async (_, seed, program) => {
      const { gate, run, child } = await underForeignSupervisor(seed, program);
      child.kill("SIGKILL");
      await fleet.logged(run, "a", /^failed: PREEMPTED/);
      gate.open();
      await fleet.startWorkers();
      await run.result();
      expect(await fleet.log(run, "a")).toContain("2 resumes from its checkpoint");
      await fleet.supervisor.stop();
    },
  );

  test.each(["workflow-worker.js", "stage-worker.js"])("before %s listens: it ends", async (name) => {
    const program = path.join(packageRoot(), "dist", "worker", name);
    const env = { ...process.env, PAWL_HOME: fleet.home, TEMPORAL_ADDRESS: "127.0.0.1:1" };
    const child = fork(program, { env, stdio: "ignore" });
    const ended = once(child, "exit");
    child.disconnect();
    expect(await ended).toEqual([0, null]);
  });
});
