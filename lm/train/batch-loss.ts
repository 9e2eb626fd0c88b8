import * as tf from "@tensorflow/tfjs-core";
import type { Rank, Scalar, Tensor1D } from "@tensorflow/tfjs-core";
import type { Tensors } from "../../tensor/program.js";
import type { Architecture } from "../model/architecture.js";
import { crossEntropies, predictedFrom, weightedCrossEntropy } from "../model/losses.js";
import { batchStates } from "../model/recomputed-layers.js";
import { headWeight } from "../model/transformer.js";

/** How a batch's loss is computed; it does not change the value. */
export interface LossOptions {
  /**
   * Layers are recomputed in the backward pass; absent: if rows are long (recomputed-layers.ts).
   */
  recompute?: boolean | undefined;
  /** Maximum number of logits that exist at the same time. */
  most?: number;
}

/** Sum of the weighted losses of a batch, given as a step's inputs, nats: for training. */
export function batchLoss(
  a: Architecture,
  weights: Tensors,
  inputs: Tensors,
  { recompute, most }: LossOptions = {},
): Scalar {
  const states = predictedFrom(batchStates(a, weights, inputs, recompute), inputs);
  return weightedCrossEntropy(states, headWeight(a, weights), flat(inputs, "targets"), flat(inputs, "weights"), most);
}

/** The same sum, for measuring. */
export function batchNats(a: Architecture, weights: Tensors, inputs: Tensors): Scalar {
  return tf.sum(tf.mul(predictionNats(a, weights, inputs), flat(inputs, "weights")));
}

/** The loss of each prediction, nats, [rows · length] or [predictions]. */
export function predictionNats(a: Architecture, weights: Tensors, inputs: Tensors, most?: number): Tensor1D {
  const states = predictedFrom(batchStates(a, weights, inputs), inputs);
  return crossEntropies(states, headWeight(a, weights), flat(inputs, "targets"), most);
}

const flat = (inputs: Tensors, name: string): Tensor1D => tf.reshape<Rank.R1>(inputs[name]!, [-1]);
