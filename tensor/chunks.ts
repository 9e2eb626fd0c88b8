import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { after } from "./trace.js";

/** Rows on end of a tensor. */
export interface Chunk {
  from: number;
  length: number;
}

/** Rows 0 … rows − 1 in as few chunks of at most `size` (and one) as there can be, equally long but for the last. */
export function chunksOf(rows: number, size: number): Chunk[] {
  const count = Math.max(1, Math.ceil(rows / Math.max(1, Math.floor(size))));
  const length = Math.ceil(rows / count);
  return Array.from({ length: count }, (_, i) => ({ from: i * length, length: Math.min(length, rows - i * length) }));
}

/** A chunk's rows of a tensor, there once `before` is: so one chunk is worked on after the other, in the memory of one. */
export function partOf<T extends Tensor>(x: T, { from, length }: Chunk, before?: Tensor): T {
  const rest = x.shape.slice(1);
  const part = tf.slice(x, [from, ...rest.map(() => 0)], [length, ...rest]);
  return before ? after(part, before) : part;
}
