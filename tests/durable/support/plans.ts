import type { DeclaredStage, Plan } from "../../../schemas/plan.js";
import { planned } from "../../support/planned.js";

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
  return planned(id, {
    // Without a query the stage would be brief, and never reach a worker process.
    with: { source: { text: JSON.stringify(program) }, query: "none" },
    checkpoint: { everyMs: 1000, keep: 2 },
    ...more,
  });
}

/** The same as a stage type that computes with tensors. */
export function tensorStage(id: string, program: Program, more: Partial<DeclaredStage> = {}): DeclaredStage {
  const model = { artifact: "model", digest: "0".repeat(64) };
  return stage(id, program, { uses: "generate", with: { model, prompts: [JSON.stringify(program)] }, ...more });
}

export function plan(stages: DeclaredStage[], more: Partial<Plan> = {}): Plan {
  return { name: "test", definitionDigest: "0".repeat(64), seed: 1, inputs: {}, stages, outputs: {}, ...more };
}

/**
 * Plans with seeds after this one: their stages have keys of their own, though other tests of the
 * same fleet have stages with the same programs.
 */
export const plansFrom =
  (seed: number): typeof plan =>
  (stages, more = {}) =>
    plan(stages, { ...more, seed: seed + (more.seed ?? 1) });
