import type { PlannedStage } from "../../schemas/plan.js";

/** A stage as a plan has it, with every wait short. */
export function planned(id: string, more: Partial<PlannedStage> = {}): PlannedStage {
  return {
    id,
    uses: "dataset",
    with: { source: { text: "hello" } },
    needs: [],
    retry: {
      maxAttempts: 3,
      intervalMs: 10,
      factor: 2,
      maxIntervalMs: 100,
      on: { preempted: 3, lost: 3, outOfMemory: 1 },
    },
    timeoutMs: 1_800_000,
    heartbeatMs: 30_000,
    checkpoint: { everyMs: 1000, keep: 1 },
    resources: { gpu: 0 },
    cache: true,
    onFailure: "fail",
    line: 1,
    ...more,
  };
}
