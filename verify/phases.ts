import type { WritePhase } from "../store/index.js";

/** "torn": as "written", with the largest file cut in half, as a machine that lost its power may leave it. */
export type KillPhase = WritePhase | "torn" | "returned";

/** The phases of a write, in their order. What has its name is not written again: nothing comes after that. */
export const writePhases = ["begun", "torn", "written", "sealed", "placed"] as const satisfies KillPhase[];

/** A place at which a process died. */
export interface KillPoint {
  stage: string;
  /** Step of the checkpoint that was being written. */
  step?: number;
  /** Kind of the artifact that was being written, and which one of the attempt's it was, from 1. */
  artifact?: string;
  phase: KillPhase;
}

/** Checkpoints inside whose write a process died, with the phases at which it did. */
export function checkpointsOf(points: readonly KillPoint[]): { stage: string; step: number; phases: Set<KillPhase> }[] {
  const found = new Map<string, { stage: string; step: number; phases: Set<KillPhase> }>();
  for (const { stage, step, phase } of points) {
    if (step === undefined) continue;
    const key = JSON.stringify([stage, step]);
    const checkpoint = found.get(key) ?? { stage, step, phases: new Set() };
    checkpoint.phases.add(phase);
    found.set(key, checkpoint);
  }
  return [...found.values()];
}
