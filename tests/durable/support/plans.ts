import type { DeclaredStage, Plan } from "../../../schemas/plan.js";

/** What a test stage is to do: see small-stages.mjs. */
export interface Program {
  steps?: number;
  stepMs?: number;
  blockMs?: number;
  checkpointEvery?: number;
  hold?: string;
  record?: boolean;
  rows?: unknown[];
  open?: string;
  fail?: { code: string; attempts: number };
  request?: { items: number; target: number; deadlineMs?: number };
  crash?: { at?: number; attempts: number };
}

/** A stage of the test workers, with everything short. */
export function stage(id: string, program: Program, more: Partial<DeclaredStage> = {}): DeclaredStage {
  return {
    id,
    uses: "dataset",
    // Without a query the stage would be brief, and never reach a worker process.
    with: { source: { text: JSON.stringify(program) }, query: "none" },
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
    checkpoint: { everyMs: 1000, keep: 2 },
    resources: { gpu: 0 },
    cache: true,
    onFailure: "fail",
    line: 1,
    ...more,
  };
}

/** The same as a stage type that computes with tensors. */
export function tensorStage(id: string, program: Program, more: Partial<DeclaredStage> = {}): DeclaredStage {
  const model = { artifact: "model", digest: "0".repeat(64) };
  return stage(id, program, { uses: "generate", with: { model, prompts: [JSON.stringify(program)] }, ...more });
}

export function plan(stages: DeclaredStage[], more: Partial<Plan> = {}): Plan {
  return { name: "test", definitionDigest: "0".repeat(64), seed: 1, inputs: {}, stages, outputs: {}, ...more };
}
