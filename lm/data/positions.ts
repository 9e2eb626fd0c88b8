import type { Example } from "./sequences.js";

/** Metrics of the predictions at some positions of a context. */
export interface PositionRange {
  /** First position, and the one after the last. */
  from: number;
  to: number;
  /** Sum over all windows. */
  nats: number;
  /** UTF-8 bytes that the predicted tokens stand for. */
  bytes: number;
}

/**
 * Ranges that double in length, at least two, the last one half the context: what a token has read
 * before it.
 */
export function positionRanges(context: number): PositionRange[] {
  const edges = [context];
  while (edges[0]! > 16 || (edges.length === 1 && context > 1)) edges.unshift(Math.floor(edges[0]! / 2));
  return edges.map((to, i) => ({ from: edges[i - 1] ?? 0, to, nats: 0, bytes: 0 }));
}

/**
 * A document as windows of exactly `context` predictions that follow each other, so that every
 * range of positions is measured on the same number of tokens; the rest at the end, which is too
 * short for a window, is left out.
 */
export function fullWindows(document: ArrayLike<number>, endOfText: number, context: number): Example[] {
  const tokens = [endOfText, ...Array.from(document), endOfText];
  const windows = Math.floor((tokens.length - 1) / context);
  return Array.from({ length: windows }, (_, w) => ({
    tokens: tokens.slice(w * context, (w + 1) * context + 1),
    counted: Array.from({ length: context + 1 }, () => true),
  }));
}

/**
 * Adds the losses of one window to its ranges.
 * @param nats, targets of the window's positions in order
 */
export function addWindow(
  ranges: readonly PositionRange[],
  nats: ArrayLike<number>,
  targets: ArrayLike<number>,
  byteLengths: ArrayLike<number>,
): void {
  for (const range of ranges)
    for (let position = range.from; position < range.to; position++) {
      range.nats += nats[position]!;
      range.bytes += byteLengths[targets[position]!]!;
    }
}
