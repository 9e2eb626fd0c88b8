import type { Header } from "./manifest.js";

/**
 * Phases of writing a checkpoint or artifact: the directory is empty, has all files, is sealed by
 * its manifest, has its final name.
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

/**
 * Reports every phase of this process's writes. `pawl verify resume` kills the process at each of
 * them.
 */
export function onWritePhase(onPhase: (point: WritePoint) => void): void {
  listener = onPhase;
}

export function tellWritePhase(point: WritePoint): void {
  listener?.(point);
}
