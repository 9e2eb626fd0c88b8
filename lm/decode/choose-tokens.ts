import * as tf from "@tensorflow/tfjs-core";
import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { keepMostProbable } from "./keep-most-probable.js";
import type { SamplingSettings } from "./sampling.js";

/**
 * One token per row from its logits, as part of a step: repetition penalty (Keskar et al. 2019,
 * CTRL), temperature, top-k, top-p (Holtzman et al. 2020), min-p (Nguyen et al. 2024), in the order
 * of transformers; then by inverse transform. Ties go to the lower id.
 * @param logits [rows, vocabulary]
 * @param uniforms [rows], in [0, 1), multiples of 2^-23, so that a number times a sum in single
 *   precision stays below the sum
 * @param seen [rows, vocabulary], above 0 if a token has occurred; only with a repetition penalty
 * @returns [rows] int32
 */
export function chooseTokens(
  logits: Tensor2D,
  uniforms: Tensor1D,
  settings: SamplingSettings,
  seen?: Tensor,
): Tensor1D {
  const scores = seen ? penalized(logits, seen, settings.repetitionPenalty!) : logits;
  const shifted = tf.sub<Tensor2D>(scores, tf.max(scores, 1, true));
  // The first of the most probable ones. Not argMax, which takes XLA several times as long.
  if (settings.temperature === 0)
    return drawTokens(tf.cast<Tensor>(tf.greaterEqual(shifted, 0), "float32") as Tensor2D, tf.zerosLike(uniforms));
  const scaled = tf.mul<Tensor2D>(shifted, tf.scalar(1 / settings.temperature));
  return drawTokens(keepMostProbable(scaled, tf.exp(scaled), settings), uniforms);
}

function penalized(logits: Tensor2D, seen: Tensor, penalty: number): Tensor2D {
  const changed = tf.where<Tensor>(tf.greater(logits, 0), tf.div(logits, penalty), tf.mul(logits, penalty)) as Tensor2D;
  return tf.where(tf.greater(seen, 0), changed, logits);
}

/**
 * One index a row, each as probable as its share of the row's weights: the first whose cumulative
 * weight exceeds the uniform number's part of the total; never one of weight 0. The sum runs over
 * blocks, as many as each has columns, and then inside the block.
 * @param weights [rows, n]; @param uniforms [rows]
 * @returns [rows] int32
 */
function drawTokens(weights: Tensor2D, uniforms: Tensor1D): Tensor1D {
  const [rows, count] = weights.shape;
  const blockSize = Math.ceil(Math.sqrt(count));
  const blocks = Math.ceil(count / blockSize);
  const padded = tf.pad(weights, [[0, 0], [0, blocks * blockSize - count]]); // prettier-ignore
  const table = tf.reshape(padded, [rows, blocks, blockSize]);
  const blockWeights = tf.sum<Tensor2D>(table, 2);
  const overBlocks = cumulate(blockWeights);
  const total = tf.reshape(tf.slice(overBlocks, [0, blocks - 1], [rows, 1]), [rows]);
  const threshold = tf.mul(uniforms, total);
  const block = firstAbove(blockWeights, overBlocks, threshold);
  const before = tf.concat([tf.zeros([rows, 1]), overBlocks], 1);
  const rest = tf.sub(threshold, pick(before, block));
  const inside = pick(table, block) as Tensor2D;
  const column = firstAbove(inside, cumulate(inside), rest);
  return tf.add(tf.mul(block, tf.scalar(blockSize, "int32")), column);
}

/** Running sums along a row, as a product with a triangle of ones: [rows, n] -> [rows, n]. */
function cumulate(values: Tensor2D): Tensor2D {
  const n = values.shape[1];
  const triangle = tf.tensor2d(
    Float32Array.from({ length: n * n }, (_, i) => (Math.floor(i / n) <= i % n ? 1 : 0)),
    [n, n],
  );
  return tf.matMul(values, triangle);
}

/**
 * In each row the index of the first weight at which the running sum exceeds the row's threshold,
 * or of the last weight if none does; never that of a weight of 0. Each sum is rounded on its own,
 * so sums need not increase.
 * @param weights, sums [rows, n]; @param thresholds [rows]
 * @returns [rows] int32
 */
function firstAbove(weights: Tensor2D, sums: Tensor2D, thresholds: Tensor): Tensor1D {
  const [rows, n] = weights.shape;
  const possible = tf.greater(weights, 0);
  const above = tf.logicalAnd(possible, tf.greater(sums, tf.reshape(thresholds, [rows, 1])));
  // The candidates in their order: those above from the first on, the other possible ones from the
  // last on.
  const [first, last] = [tf.range(0, n), tf.range(2 * n - 1, n - 1, -1)];
  const order: Tensor = tf.where(above, first, tf.where<Tensor>(possible, last, tf.scalar(2 * n)));
  const best = tf.min<Tensor1D>(order, 1);
  const index = tf.minimum<Tensor1D>(best, tf.sub(2 * n - 1, best));
  return tf.cast(tf.relu(index), "int32");
}

/**
 * From each row of values [rows, n, …] the one at its index: [rows, …]. Not by gather's batch
 * dimension: WebAssembly has none.
 */
function pick(values: Tensor, index: Tensor1D): Tensor {
  const [rows, n] = values.shape as [number, number];
  const flat = tf.reshape(values, [rows * n, ...values.shape.slice(2)]);
  return tf.gather(flat, tf.add<Tensor1D>(tf.range(0, rows * n, n, "int32"), index));
}
