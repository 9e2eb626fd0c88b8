import { queryRunState } from "../support/fleet.js";
import { plansFrom, tensorStage } from "../support/plans.js";
import { fleet } from "./fleet.js";

const plan = plansFrom(2000);

/** Machines differ in their cores: PAWL_THREADS stands for their number. */
const cores = (count: number) => ({ PAWL_THREADS: String(count) });

async function moveTo(environment: Record<string, string>): Promise<void> {
  await fleet.supervisor.stop();
  await fleet.startWorkers(environment);
}

test("a stage that moves to a machine with more cores resumes from its checkpoint, with as many threads as before", async () => {
  await moveTo(cores(2));
  const gate = fleet.gate();
  const run = await fleet.launch(plan([tensorStage("a", { steps: 3, checkpointEvery: 1, hold: gate.file })]));
  await fleet.logged(run, "a", /^checkpoint/);
  await moveTo(cores(3));
  gate.open();
  expect((await run.result()).stages["a"]?.metrics).toEqual({ tokens: 2 });
  expect(await fleet.log(run, "a")).toContain("2 resumes from its checkpoint");
  const { key, compute } = (await queryRunState(run)).stages[0]!;
  expect(compute?.threads).toBe(2);
  expect((await fleet.logged(run, "a", /^started/, 2)).data?.["key"]).toBe(key);
});

test("a worker process that has computed with other threads gives the stage to a fresh process", async () => {
  const worker = fleet.pid("cpu 1");
  const run = await fleet.launch(plan([tensorStage("a", {})], { seed: 2 }));
  expect((await run.result()).stages["a"]?.metrics).toEqual({ tokens: 3 });
  expect((await fleet.log(run, "a")).slice(0, 2)).toEqual([
    "1 failed: PREEMPTED: the stage computes with 3 threads, this process with 2: another process runs it",
    "2 started",
  ]);
  expect(fleet.pid("cpu 1")).not.toBe(worker);
});
