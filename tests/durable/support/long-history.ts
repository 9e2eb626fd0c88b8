import { queryRunState, statuses, until, type Fleet, type Run } from "./fleet.js";
import { plan, stage } from "./plans.js";

/** The server never asks for a new history by itself. */
export const longHistories = {
  "limit.historyCount.suggestContinueAsNew": 50_000,
  "limit.historySize.suggestContinueAsNew": 48 << 20,
};

const signalsAtOnce = 100;

/** Signals that the workflow does not know: each is an event of its history, and nothing else. */
async function lengthenHistory(run: Run, signals: number, bytesEach: number): Promise<void> {
  const text = "x".repeat(bytesEach);
  for (let sent = 0; sent < signals; sent += signalsAtOnce)
    await Promise.all(
      Array.from({ length: Math.min(signalsAtOnce, signals - sent) }, () => run.signal("unknown", text)),
    );
}

/**
 * Lengthens a history by signals of a size in bytes, and expects that nothing is started
 * until the run has continued as new.
 */
export async function expectToDrain(fleet: Fleet, signals: number, bytesEach: number): Promise<void> {
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
}
