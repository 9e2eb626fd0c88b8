import { PawlError } from "../../../platform/errors.js";

/** The earlier tokens that a token attends to, in its own document. */
export type AttentionSettings =
  /** All earlier tokens. */
  { kind: "dense" } | LocalSettings | SparseSettings;

/**
 * Sliding window (Beltagy et al. 2020, Longformer) with attention sinks (Xiao et al. 2024,
 * StreamingLLM).
 */
export interface LocalSettings {
  kind: "local";
  /** Tokens that a token sees, itself and those right before it. */
  window: number;
  /** First tokens of a document, which all its tokens see. */
  sinks: number;
}

/** A window, and beyond it blocks that the model selects; see sparse.ts. */
export interface SparseSettings {
  kind: "sparse";
  /**
   * Minimum number of tokens that a token sees, itself and those right before it; the window begins
   * at the start of a block.
   */
  window: number;
  /** Tokens of a block. */
  blockSize: number;
  /** Blocks that a token sees beyond its window, separately for each query head group. */
  selectedBlocks: number;
}

/** A pipeline's settings of attention. */
export interface AttentionFields {
  attention?: AttentionSettings["kind"];
  window?: number;
  sinks?: number;
  blockSize?: number;
  selectedBlocks?: number;
}

/**
 * Chooses the values that the settings do not set.
 * @param where they are, for errors
 * @throws PawlError OUT_OF_RANGE, MISSING_KEY
 */
export function resolveAttention(fields: AttentionFields, where: string): AttentionSettings {
  const { attention: kind = "dense", window, sinks = 0, blockSize = 32, selectedBlocks = 8 } = fields;
  if (kind === "dense") return { kind };
  if (window === undefined) throw missing(where, "window", `attention: ${kind}`);
  check(where, "window", window, 1);
  if (kind === "local") {
    check(where, "sinks", sinks, 0);
    return { kind, window, sinks };
  }
  check(where, "blockSize", blockSize, 2);
  check(where, "selectedBlocks", selectedBlocks, 1);
  if (window % blockSize !== 0)
    throw new PawlError("OUT_OF_RANGE", "window must be a multiple of blockSize", {
      where: `${where}.window`,
      expected: `a multiple of blockSize (${blockSize})`,
      got: String(window),
    });
  return { kind, window, blockSize, selectedBlocks };
}

function missing(where: string, name: string, why: string): PawlError {
  return new PawlError("MISSING_KEY", `${why} needs ${name}`, {
    where: `${where}.${name}`,
    expected: "an integer >= 1",
    got: "nothing",
    next: `set ${name}, in tokens`,
  });
}

function check(where: string, name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new PawlError("OUT_OF_RANGE", `${name} must be an integer >= ${least}`, {
    where: `${where}.${name}`,
    expected: `an integer >= ${least}`,
    got: String(value),
  });
}
