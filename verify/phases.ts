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
