import type { Header } from "./manifest.js";

/**
 * The progress of writing a checkpoint or an artifact: its directory is empty, holds all files, is sealed by its manifest,
 * has its name.
 */
export type WritePhase = "begun" | "written" | "sealed" | "placed";

/** A write that has reached a phase. */
export interface WritePoint {
  phase: WritePhase;
  header: Header;
  directory: string;
  /** The directory's temporary name: the same in every phase of a write. */
  write: string;
}

let listener: ((point: WritePoint) => void) | undefined;

/** Reports this process's writes, phase by phase: a proof of resuming dies at each of them. */
export function onWritePhase(told: (point: WritePoint) => void): void {
  listener = told;
}

export function tellWritePhase(point: WritePoint): void {
  listener?.(point);
}
