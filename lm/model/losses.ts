import * as tf from "@tensorflow/tfjs-core";
import type { Scalar, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { linearCrossEntropy } from "../../tensor/ops.js";

/**
 * Σ weight · −log softmax(states · headᵀ)[target], in nats.
 * @param states [rows, hiddenSize]
 * @param head [vocabulary, hiddenSize]
 * @param targets [rows] int32
 * @param weights [rows]: 0 leaves a row out
 */
export function weightedCrossEntropy(states: Tensor2D, head: Tensor2D, targets: Tensor1D, weights: Tensor1D): Scalar {
  return tf.sum(tf.mul(linearCrossEntropy(states, head, targets), weights));
}
