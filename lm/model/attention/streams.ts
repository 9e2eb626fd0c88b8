import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * A stream is one row's tokens seen by one key head: streams = rows · keyValueHeads. The query
 * heads of a group are side by side in a token's vector.
 */

/**
 * @param x [rows, length, heads, headDim]; heads are query heads or key heads
 * @param filled tokens of a stream; those beyond the length are zero
 * @returns [rows · keyValueHeads, filled, (heads / keyValueHeads) · headDim]
 */
export function toStreams(x: Tensor, keyValueHeads: number, filled: number): Tensor {
  const [rows, length, heads, headDim] = x.shape as [number, number, number, number];
  const width = (heads / keyValueHeads) * headDim;
  const byHead = tf.transpose(tf.reshape(x, [rows, length, keyValueHeads, width]), [0, 2, 1, 3]);
  const joined = tf.reshape(byHead, [rows * keyValueHeads, length, width]);
  return filled === length ? joined : tf.pad(joined, [[0, 0], [0, filled - length], [0, 0]]); // prettier-ignore
}

/**
 * The inverse.
 * @param x [rows · keyValueHeads, filled, group · headDim]
 * @returns [rows, length, keyValueHeads · group, headDim]
 */
export function fromStreams(x: Tensor, rows: number, length: number, headDim: number): Tensor {
  const [streams, filled, width] = x.shape as [number, number, number];
  const keyValueHeads = streams / rows;
  const real = filled === length ? x : tf.slice(x, [0, 0, 0], [streams, length, width]);
  const byToken = tf.transpose(tf.reshape(real, [rows, keyValueHeads, length, width]), [0, 2, 1, 3]);
  return tf.reshape(byToken, [rows, length, (keyValueHeads * width) / headDim, headDim]);
}
