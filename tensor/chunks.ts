import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { after } from "./trace.js";

/** Consecutive rows of a tensor. */
export interface Chunk {
  from: number;
  length: number;
}

/**
 * Rows 0 … rows − 1 in the fewest chunks of at most `size` (at least 1) rows, equally long except
 * the last.
 */
export function splitChunks(rows: number, size: number): Chunk[] {
  const count = Math.max(1, Math.ceil(rows / Math.max(1, Math.floor(size))));
  const length = Math.ceil(rows / count);
  return Array.from({ length: count }, (_, i) => ({ from: i * length, length: Math.min(length, rows - i * length) }));
}

/**
 * A chunk's rows of a tensor, available once `before` is: so chunks are processed one after
 * another, in the memory of one.
 */
export function chunkRows<T extends Tensor>(x: T, { from, length }: Chunk, before?: Tensor): T {
  const rest = x.shape.slice(1);
  const part = tf.slice(x, [from, ...rest.map(() => 0)], [length, ...rest]);
  return before ? after(part, before) : part;
}
