import type { PlannedStage } from "../../../schemas/plan.js";
import type { StageState, StageStatus } from "../../../schemas/run.js";

/** A planned stage with the language's usual settings. */
export function planned(id: string, more: Partial<PlannedStage> = {}): PlannedStage {
  return {
    id,
    uses: "dataset",
    with: {},
    needs: [],
    retry: {
      maxAttempts: 3,
      intervalMs: 1000,
      factor: 2,
      maxIntervalMs: 60_000,
      on: { preempted: 50, lost: 3, outOfMemory: 1 },
    },
    timeoutMs: 1000,
    heartbeatMs: 1000,
    checkpoint: { everyMs: 1000, keep: 2 },
    resources: { gpu: 0 },
    cache: true,
    onFailure: "fail",
    line: 1,
    ...more,
  };
}

export function state(id: string, status: StageStatus): StageState {
  return { id, uses: "dataset", status, attempts: 0, outputs: {}, metrics: {} };
}
