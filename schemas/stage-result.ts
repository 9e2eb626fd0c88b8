import type { JsonObject } from "../platform/json.js";
import type { ArtifactRef } from "./artifact.js";

/** Heartbeat details of a stage activity; also what `watch` shows. */
export interface Progress {
  /** What is being done, a word or two: "train", "download". */
  phase: string;
  done: number;
  total: number;
  unit: string;
  /** Seconds left, if known. */
  etaSeconds?: number;
  metrics: Record<string, number>;
  /** Step of the newest complete checkpoint. */
  checkpointStep?: number;
  /**
   * When this attempt saved it, epoch ms; absent before, and where it resumed from one. Only shown.
   */
  checkpointedAtMs?: number;
}

/** What a stage returns; small, for history and for the store's record of the key. */
export interface StageResult {
  outputs: Record<string, ArtifactRef>;
  metrics: Record<string, number>;
  /** What a person filled in. */
  answers?: JsonObject;
}
