import type { WritePhase } from "../store/artifacts/write-phases.js";

/** "torn": as "written", with the largest file cut in half, as a power cut may leave it. */
export type KillPhase = WritePhase | "torn" | "returned";

/** The phases of a write, in their order. Once it has its name, nothing more is written. */
export const writePhases = ["begun", "torn", "written", "sealed", "placed"] as const satisfies KillPhase[];

/** A place at which a process died. */
export interface KillPoint {
  stage: string;
  /** Step of the checkpoint that was being written. */
  step?: number;
  /** Kind of the artifact that was being written, and its number within the attempt, from 1. */
  artifact?: string;
  phase: KillPhase;
}

/** Checkpoints inside whose write a process died, with the phases at which it did. */
export function killedCheckpoints(
  points: readonly KillPoint[],
): { stage: string; step: number; phases: Set<KillPhase> }[] {
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
