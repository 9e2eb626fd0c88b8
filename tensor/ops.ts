import * as tf from "@tensorflow/tfjs-core";
import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { isNative, nativeBackend } from "./backend.js";
import { withGradient } from "./with-gradient.js";

/**
 * Rows of a table: out[i] = table[ids[i]]. The gradient sums the rows' gradients by id; on the
 * fallback, which lacks the segment sum, by a matrix product with one-hot ids.
 * @param table [rows, width] float32
 * @param ids [n] int32, each in 0..rows−1
 * @returns [n, width]
 */
export function embedding(table: Tensor2D, ids: Tensor1D): Tensor2D {
  const rows = table.shape[0];
  return withGradient(
    { table },
    ({ table }) => ({ value: tf.gather(table, ids), saved: ids }),
    (dy, ids) => ({
      table: isNative() ? tf.unsortedSegmentSum(dy, ids, rows) : tf.matMul(oneHot(ids, rows), dy, true, false),
    }),
  );
}

/**
 * Sums rows by number: out[i] = Σ values[j] over all j with ids[j] = i.
 * @param values [n, ...]; @param ids [n] int32, each in 0..count−1
 * @returns [count, ...]
 */
export function sumRows(values: Tensor, ids: Tensor1D, count: number): Tensor {
  if (isNative()) return tf.unsortedSegmentSum(values, ids, count);
  return tf.scatterND(tf.expandDims(ids, 1), values, [count, ...values.shape.slice(1)]);
}

/**
 * Cross-entropy of each row with its target: log Σ exp(logits) − logits[target]. On the native
 * backend one operation computes loss and gradient; there is no one-hot of rows × vocabulary.
 * @param logits [rows, vocabulary] float32
 * @param targets [rows] int32, each in 0..vocabulary−1
 * @returns [rows]
 */
export function softmaxCrossEntropy(logits: Tensor2D, targets: Tensor1D): Tensor1D {
  return withGradient(
    { logits },
    ({ logits }) => {
      const [loss, slope] = isNative() ? nativeCrossEntropy(logits, targets) : composedCrossEntropy(logits, targets);
      return { value: loss as Tensor1D, saved: slope };
    },
    (dy, slope) => ({ logits: tf.mul(tf.expandDims(dy, 1), slope) }),
  );
}

/**
 * Cross-entropy of a linear layer's outputs with their targets: {@link softmaxCrossEntropy} of
 * hidden · weightᵀ. In the backward pass the scale of each row's gradient goes to the hidden
 * states, (d · slope) · weight = d · (slope · weight), so that the rows × vocabulary numbers are
 * not read and written once more.
 * @param hidden [rows, width]
 * @param weight [vocabulary, width]
 * @param targets [rows] int32, each in 0..vocabulary−1
 * @returns [rows]
 */
export function linearCrossEntropy(hidden: Tensor2D, weight: Tensor2D, targets: Tensor1D): Tensor1D {
  return withGradient(
    { hidden, weight },
    ({ hidden, weight }) => {
      const [losses, slope] = productCrossEntropy(hidden, weight, targets);
      return { value: losses as Tensor1D, saved: { slope, hidden, weight } };
    },
    (dy, { slope, hidden, weight }) => {
      const [ofHidden, ofWeight] = productGradients(slope, hidden, weight, dy as Tensor1D);
      return { hidden: ofHidden, weight: ofWeight };
    },
  );
}

/**
 * Σ weights · {@link linearCrossEntropy} and its gradients, in one pass over the logits. There is
 * no further gradient.
 * @param hidden [rows, width]
 * @param weight [vocabulary, width]
 * @param targets [rows] int32, each in 0..vocabulary−1
 * @param weights [rows]
 * @returns the sum, and its gradients by hidden and weight
 */
export function linearCrossEntropyGradients(
  hidden: Tensor2D,
  weight: Tensor2D,
  targets: Tensor1D,
  weights: Tensor1D,
): { sum: Tensor; ofHidden: Tensor2D; ofWeight: Tensor2D } {
  const [losses, slope] = productCrossEntropy(hidden, weight, targets);
  const [ofHidden, ofWeight] = productGradients(slope, hidden, weight, weights);
  return { sum: tf.sum(tf.mul(losses, weights)), ofHidden, ofWeight };
}

/** The losses of hidden · weightᵀ, and their gradients by it. */
function productCrossEntropy(hidden: Tensor2D, weight: Tensor2D, targets: Tensor1D): [Tensor, Tensor2D] {
  const logits = tf.matMul<Tensor2D>(hidden, weight, false, true);
  const [losses, slope] = isNative() ? nativeCrossEntropy(logits, targets) : composedCrossEntropy(logits, targets);
  return [losses, slope as Tensor2D];
}

/** Gradients by hidden and weight. @param scale [rows]: that of each row's loss */
function productGradients(slope: Tensor2D, hidden: Tensor2D, weight: Tensor2D, scale: Tensor1D): [Tensor2D, Tensor2D] {
  const column = tf.expandDims(scale, 1);
  const ofHidden = tf.mul<Tensor2D>(tf.matMul(slope, weight), column);
  return [ofHidden, tf.matMul<Tensor2D>(slope, tf.mul<Tensor2D>(hidden, column), true, false)];
}

/** TensorFlow's SparseSoftmaxCrossEntropyWithLogits: the losses and softmax − one-hot. */
function nativeCrossEntropy(logits: Tensor2D, targets: Tensor1D): [Tensor, Tensor] {
  const backend = nativeBackend();
  const type = backend.binding.TF_ATTR_TYPE;
  const attributes = [
    { name: "T", type, value: 1 },
    { name: "Tlabels", type, value: 3 },
  ];
  const outputs = backend.executeMultipleOutputs(
    "SparseSoftmaxCrossEntropyWithLogits",
    attributes,
    [logits, targets],
    2,
  );
  return outputs as [Tensor, Tensor];
}

function composedCrossEntropy(logits: Tensor2D, targets: Tensor1D): [Tensor, Tensor] {
  const hot = oneHot(targets, logits.shape[1]);
  const shifted = tf.sub(logits, tf.max(logits, 1, true));
  const exponentials = tf.exp(shifted);
  const sums = tf.sum(exponentials, 1, true);
  const loss = tf.sub(tf.log(tf.squeeze(sums, [1])), tf.sum(tf.mul(hot, shifted), 1));
  return [loss, tf.sub(tf.div(exponentials, sums), hot)];
}

function oneHot(ids: Tensor1D, depth: number): Tensor2D {
  return tf.cast(tf.oneHot(ids, depth), "float32") as Tensor2D;
}
