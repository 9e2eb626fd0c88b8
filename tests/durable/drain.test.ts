import type { RunState } from "../../schemas/run.js";
import { queryRunState, statuses, until, useFleet, type Run } from "./support/fleet.js";
import { plan, stage } from "./support/plans.js";

// The server never asks for a new history by itself.
const fleet = useFleet({
  settings: { "limit.historyCount.suggestContinueAsNew": 50_000, "limit.historySize.suggestContinueAsNew": 48 << 20 },
});

const signalsAtOnce = 100;

/** Signals that the workflow does not know: each is an event of its history, and nothing else. */
async function lengthenHistory(run: Run, signals: number, bytesEach: number): Promise<void> {
  const text = "x".repeat(bytesEach);
  for (let sent = 0; sent < signals; sent += signalsAtOnce)
    await Promise.all(
      Array.from({ length: Math.min(signalsAtOnce, signals - sent) }, () => run.signal("unknown", text)),
    );
}

test.each([
  ["8,000 events", 8000, 1],
  ["16 MiB", 40, 450_000],
])("after %s nothing is started until the run has continued as new", async (_, signals, bytesEach) => {
  const gate = fleet.gate();
  const run = await fleet.launch(
    plan(
      [
        stage("parked", { fail: { code: "DATA_EMPTY", attempts: 1 } }, { onFailure: "park" }),
        stage("held", { steps: 2, hold: gate.file }, { heartbeatMs: 600_000 }),
      ],
      { seed: signals },
    ),
  );
  const { firstExecutionRunId } = run as Run & { firstExecutionRunId: string };
  await until(run, (state) => statuses(state)["parked"] === "parked" && statuses(state)["held"] === "running");
  await lengthenHistory(run, signals, bytesEach);
  await run.executeUpdate("retry", { args: [{ stage: "parked" }] });
  // An update that is answered has been acted on: without the long history the stage would be under
  // way.
  expect(statuses(await queryRunState(run))).toEqual({ parked: "queued", held: "running" });
  gate.open();
  const latest = fleet.find(run.workflowId);
  const { stages } = await latest.result();
  expect([stages["parked"]?.status, stages["held"]?.status]).toEqual(["succeeded", "succeeded"]);
  expect((await latest.describe()).runId).not.toBe(firstExecutionRunId);
});

test("at most 200 stages are under way at the same time: what one workflow task starts must fit into one request", async () => {
  const { file } = fleet.gate();
  const stages = Array.from({ length: 203 }, (_, i) => stage(`s${i}`, { steps: 1 + i, hold: file }, { cache: false }));
  const run = await fleet.launch(plan(stages, { seed: 3 }));
  const count = (state: RunState, status: string) => state.stages.filter((one) => one.status === status).length;
  const state = await until(run, (now) => count(now, "running") >= 200 && now.stages[199]!.attempts === 1);
  expect([count(state, "running"), count(state, "queued")]).toEqual([200, 3]);
  await run.cancel();
  await expect(run.result()).rejects.toThrow();
});
