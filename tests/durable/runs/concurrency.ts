import { randomUUID } from "node:crypto";
import { groupId, type ConcurrencyPlan } from "../../../schemas/concurrency.js";
import { runFailure, queryRunState, statuses, until, type Run } from "../support/fleet.js";
import { plansFrom, stage } from "../support/plans.js";
import { fleet } from "./fleet.js";

const plan = plansFrom(4000);

/** A run in a group that has its place until the gate opens. */
async function launch(group: string, more: Partial<ConcurrencyPlan> = {}) {
  const gate = fleet.gate();
  const stages = [stage("a", { hold: gate.file }), stage("b", {}, { needs: ["a"] })];
  const run = await fleet.launch(plan(stages, { concurrency: { group, limit: 1, onLimit: "queue", ...more } }));
  return { run, open: gate.open };
}

const hasPlace = (run: Run) => until(run, ({ stages }) => stages.some(({ status }) => status === "running"));
const waits = async (run: Run, ...behind: Run[]): Promise<void> => {
  const ids = behind.map(({ workflowId }) => workflowId);
  await until(run, ({ queue }) => JSON.stringify(queue?.behind) === JSON.stringify(ids));
};

/** Three runs of a group with one place: the first has it, the others wait in this order. */
async function lineOfThree(group: string) {
  const first = await launch(group);
  await hasPlace(first.run);
  const second = await launch(group);
  await waits(second.run, first.run);
  const third = await launch(group);
  await waits(third.run, first.run, second.run);
  return { first, second, third };
}

test("queue: runs wait in their order, each until those before it have ended", async () => {
  const group = randomUUID();
  const { first, second, third } = await lineOfThree(group);
  expect(await queryRunState(third.run)).toMatchObject({ status: "waiting", queue: { group } });
  const beside = await launch(randomUUID());
  await hasPlace(beside.run);
  beside.open();
  await beside.run.result();

  first.open();
  await first.run.result();
  await hasPlace(second.run);
  await waits(third.run, second.run);
  second.open();
  third.open();
  await third.run.result();
  expect(await queryRunState(third.run)).not.toHaveProperty("queue");
  // Without members, the group ends.
  await fleet.client.workflow.getHandle(groupId(group)).result();
});

test("a run that is canceled while it waits runs no stage, and leaves its place to others", async () => {
  const group = randomUUID();
  const { first, second, third } = await lineOfThree(group);
  await second.run.cancel();
  expect((await runFailure(second.run)).type).toBe("CancelledFailure");
  expect(statuses(await queryRunState(second.run))).toEqual({ a: "cancelled", b: "cancelled" });
  first.open();
  third.open();
  await third.run.result();
});

test("fail: a run that finds no place fails immediately, with the runs that have one", async () => {
  const group = randomUUID();
  const first = await launch(group, { limit: 2 });
  await hasPlace(first.run);
  const second = await launch(group, { limit: 2 });
  await hasPlace(second.run);
  const third = await launch(group, { limit: 2, onLimit: "fail" });
  expect(await runFailure(third.run)).toEqual({
    type: "CONCURRENCY_LIMIT",
    message: `the concurrency group ${group} is full: under way are ${first.run.workflowId}, ${second.run.workflowId}`,
  });
  expect((await queryRunState(third.run)).status).toBe("failed");
  first.open();
  second.open();
  await Promise.all([first.run.result(), second.run.result()]);
});

test("cancel: the oldest run is canceled, and the new one starts once that has ended", async () => {
  const group = randomUUID();
  const first = await launch(group, { onLimit: "cancel" });
  await hasPlace(first.run);
  const second = await launch(group, { onLimit: "cancel" });
  expect((await runFailure(first.run)).type).toBe("CancelledFailure");
  await hasPlace(second.run);
  second.open();
  await second.run.result();
});

test("a run that is terminated loses its place: to a new run immediately, to one that waits soon", async () => {
  const group = randomUUID();
  const first = await launch(group);
  await hasPlace(first.run);
  await first.run.terminate();
  const second = await launch(group, { onLimit: "fail" });
  await hasPlace(second.run);
  const third = await launch(group);
  await waits(third.run, second.run);
  await second.run.terminate();
  third.open();
  await third.run.result();
});

test("places survive the server and the process for workflows", async () => {
  const group = randomUUID();
  const first = await launch(group);
  await hasPlace(first.run);
  const second = await launch(group);
  await waits(second.run, first.run);
  process.kill(fleet.pid("workflows"), "SIGKILL");
  await fleet.crashServer();
  const third = await launch(group);
  await waits(third.run, first.run, second.run);
  first.open();
  await first.run.result();
  await hasPlace(second.run);
  process.kill(fleet.pid("workflows"), "SIGKILL");
  second.open();
  third.open();
  await third.run.result();
});
