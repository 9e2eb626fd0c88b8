import { queryRunState, statuses, until, type Run } from "../support/fleet.js";
import { plansFrom, stage } from "../support/plans.js";
import { fleet } from "./fleet.js";

const plan = plansFrom(4000);

const pause = (run: Run) => run.executeUpdate("pause");
const unpause = (run: Run) => run.executeUpdate("unpause");

test("a paused run ends what is under way, and starts nothing until it is unpaused", async () => {
  const gate = fleet.gate();
  const run = await fleet.launch(
    plan([
      stage("a", { hold: gate.file }),
      stage("b", { steps: 8 }, { needs: ["a"] }),
      stage("c", { steps: 9 }, { needs: ["b"] }),
    ]),
  );
  await fleet.logged(run, "a", /^working/);
  expect(await pause(run)).toMatchObject({ status: "running", pausedSinceMs: expect.any(Number) });
  const { pausedSinceMs } = await queryRunState(run);
  gate.open();
  const paused = await until(run, ({ status }) => status === "paused");
  expect(statuses(paused)).toEqual({ a: "succeeded", b: "queued", c: "queued" });
  expect(paused.pausedSinceMs).toBe(pausedSinceMs);
  expect(await pause(run)).toEqual({ status: "paused", pausedSinceMs });

  expect(await unpause(run)).toEqual({ status: "running" });
  await run.result();
  const state = await queryRunState(run);
  expect(statuses(state)).toEqual({ a: "succeeded", b: "succeeded", c: "succeeded" });
  expect(state.pausedSinceMs).toBeUndefined();
});

test("a stage that fails for a while makes no further attempt while the run is paused", async () => {
  const gate = fleet.gate();
  const failing = stage("a", { steps: 2, hold: gate.file, fail: { code: "DATA_UNREADABLE", attempts: 1 } });
  const run = await fleet.launch(plan([failing]));
  await fleet.logged(run, "a", /^working/);
  await pause(run);
  gate.open();
  const state = await until(run, ({ status }) => status === "paused");
  expect(state.stages[0]).toMatchObject({ status: "queued", attempts: 1 });
  await unpause(run);
  await run.result();
  expect((await queryRunState(run)).stages[0]).toMatchObject({ status: "succeeded", attempts: 2 });
});

test("a run is still paused after it has continued as new", async () => {
  const gate = fleet.gate();
  // Under way all the time: the run cannot continue as new before.
  const held = stage("held", { steps: 3, hold: gate.file });
  const others = Array.from({ length: 12 }, (_, i) => stage(`s${i}`, { steps: 70 + i }));
  const run = await fleet.launch(plan([held, ...others, stage("last", { steps: 90 }, { needs: ["held"] })]));
  await until(run, (state) => others.every(({ id }) => statuses(state)[id] === "succeeded"));
  await pause(run);
  const { pausedSinceMs } = await queryRunState(run);
  const first = await run.describe();
  gate.open();
  const paused = await until(run, ({ status }) => status === "paused");
  const latest = fleet.find(run.workflowId);
  await until(latest, ({ status }) => status === "paused");
  expect((await latest.describe()).runId).not.toBe(first.runId);
  expect(paused.pausedSinceMs).toBe(pausedSinceMs);
  expect((await queryRunState(latest)).pausedSinceMs).toBe(pausedSinceMs);
  await latest.executeUpdate("unpause");
  await latest.result();
  expect(statuses(await queryRunState(latest))["last"]).toBe("succeeded");
});

test("a paused run can be canceled; what cleans up still runs", async () => {
  const gate = fleet.gate();
  const run = await fleet.launch(
    plan([
      stage("a", { steps: 4, hold: gate.file }),
      stage("b", {}, { needs: ["a"] }),
      stage("clean", { steps: 5 }, { needs: ["b"], if: "always()" }),
    ]),
  );
  await fleet.logged(run, "a", /^working/);
  await pause(run);
  gate.open();
  await until(run, ({ status }) => status === "paused");
  await run.cancel();
  await expect(run.result()).rejects.toThrow();
  expect(statuses(await queryRunState(run))).toEqual({ a: "succeeded", b: "cancelled", clean: "succeeded" });
});
