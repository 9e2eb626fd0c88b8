import * as tf from "@tensorflow/tfjs-core";
import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { embedding, linearCrossEntropy } from "../../tensor/ops.js";
import type { Tensors } from "../../tensor/program.js";

/**
 * Of hidden states those from which something is predicted that counts.
 * @param states [rows · length, hiddenSize]
 * @param inputs a batch's (batch.ts)
 * @returns [predictions, hiddenSize]; all states where the batch does not say which they are
 */
export function predictedFrom(states: Tensor, inputs: Tensors): Tensor2D {
  const predicted = inputs["predicted"] as Tensor1D | undefined;
  return predicted ? embedding(states as Tensor2D, predicted) : (states as Tensor2D);
}

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
