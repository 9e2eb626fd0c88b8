import * as tf from "@tensorflow/tfjs-core";
import type { Scalar, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { softmaxCrossEntropy } from "../../tensor/ops.js";

/**
 * Σ weight · −log softmax(logits)[target], in nats.
 * @param logits [rows, vocabulary]
 * @param targets [rows] int32
 * @param weights [rows]: 0 leaves a row out
 */
export function weightedCrossEntropy(logits: Tensor2D, targets: Tensor1D, weights: Tensor1D): Scalar {
  return tf.sum(tf.mul(softmaxCrossEntropy(logits, targets), weights));
}
