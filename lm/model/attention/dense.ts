import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * Added to scores so that masked positions get no weight; finite, so that a row of padding gives no
 * NaN.
 */
export const masked = -1e9;

/**
 * Additive mask [rows, 1, length, length]: a token sees itself and those before it in its own
 * segment.
 */
export function packedMask(segments: Tensor): Tensor {
  const [rows, length] = segments.shape as [number, number];
  const same = tf.equal(tf.reshape(segments, [rows, length, 1]), tf.reshape(segments, [rows, 1, length]));
  const index = tf.range(0, length, 1, "int32");
  const causal = tf.greaterEqual(tf.reshape(index, [1, length, 1]), tf.reshape(index, [1, 1, length]));
  const seen = tf.cast(tf.logicalAnd(same, causal), "float32");
  return tf.reshape(tf.mul(tf.sub(1, seen), masked), [rows, 1, length, length]);
}

/**
 * Scaled dot-product attention; query head h reads key head floor(h / group), group = heads /
 * keyValueHeads. Keys are not repeated: the queries of a group are stacked.
 * @param q [rows, length, heads, headDim]; @param k, v [rows, keys, keyValueHeads, headDim]
 * @param mask additive [rows, 1, length, keys]
 */
export function denseAttention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor): Tensor {
  return attendTo(q, tf.transpose(k, [0, 2, 1, 3]), tf.transpose(v, [0, 2, 1, 3]), mask);
}

/** The same with k and v as [rows, keyValueHeads, keys, headDim], as a cache holds them. */
export function attendTo(q: Tensor, keys: Tensor, values: Tensor, mask: Tensor): Tensor {
  const [rows, length, heads, headDim] = q.shape as [number, number, number, number];
  const [, keyValueHeads, keyCount] = keys.shape as [number, number, number, number];
  const group = heads / keyValueHeads;
  const scaled = tf.mul(q, 1 / Math.sqrt(headDim));
  const queries = tf.reshape(tf.transpose(scaled, [0, 2, 1, 3]), [rows, keyValueHeads, group * length, headDim]);
  const scores = tf.reshape(tf.matMul(queries, keys, false, true), [rows, heads, length, keyCount]);
  const shares = tf.reshape(tf.softmax(tf.add(scores, mask)), [rows, keyValueHeads, group * length, keyCount]);
  const attended = tf.reshape(tf.matMul(shares, values), [rows, heads, length, headDim]);
  return tf.transpose(attended, [0, 2, 1, 3]);
}
