import * as tf from "@tensorflow/tfjs-core";
import type { Rank, Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import { embedding } from "../../tensor/ops.js";
import type { Tensors } from "../../tensor/program.js";
import { embeddingName, finalNormName, headName, type Architecture } from "./architecture.js";
import type { Attention } from "./attention/attention.js";
import { packedAttention } from "./attention/packed.js";
import { linear, rmsNorm, type Rotation } from "./layers.js";
import { rotationTables } from "./rope.js";
import { attentionHalf, feedForwardHalf, type LayerFunctions } from "./transformer-layer.js";

/**
 * The Qwen3 layout (transformers `modeling_qwen3.py`): pre-norm RMSNorm, RoPE after RMSNorm on q
 * and k, grouped-query attention, SwiGLU, no biases. Departure: rows hold several sequences, which
 * do not see each other.
 */

/**
 * Last hidden states, after the final norm.
 * @param weights parameters by Hugging Face's name
 * @param tokens [rows, length] int32
 * @param rotation RoPE for each token: [rows, length, 1, headDim]
 * @returns [rows·length, hiddenSize]
 */
export function hiddenStates(
  a: Architecture,
  weights: Tensors,
  tokens: Tensor,
  rotation: Rotation,
  attention: Attention,
  functions?: LayerFunctions,
): Tensor {
  const [rows, length] = tokens.shape as [number, number];
  let x: Tensor = embedding(weights[embeddingName] as Tensor2D, tf.reshape<Rank.R1>(tokens, [rows * length]));
  for (let layer = 0; layer < a.layers; layer++) {
    x = attentionHalf(a, weights, layer, x, { shape: [rows, length], rotation, attention }, functions);
    x = feedForwardHalf(a, weights, layer, x, functions);
  }
  return rmsNorm(x, weights[finalNormName]!, a.normEpsilon);
}

/** Logits over the vocabulary, [rows, vocabulary], of hidden states [rows, hiddenSize]. */
export function computeLogits(a: Architecture, weights: Tensors, hidden: Tensor): Tensor2D {
  return linear(hidden, headWeight(a, weights));
}

/** The weight [vocabulary, hiddenSize] that computes logits from hidden states. */
export function headWeight(a: Architecture, weights: Tensors): Tensor2D {
  return weights[a.tieEmbeddings ? embeddingName : headName] as Tensor2D;
}

/**
 * Logits of packed rows: no attention across sequences, positions count from 0 in each.
 * @param tokens, segments, positions [rows, length] int32; segment 0 is padding
 * @returns [rows·length, vocabulary]
 */
export function packedLogits(
  a: Architecture,
  weights: Tensors,
  tokens: Tensor,
  segments: Tensor,
  positions: Tensor,
): Tensor2D {
  return computeLogits(a, weights, packedStates(a, weights, tokens, segments, positions));
}

/** The last hidden states of packed rows, [rows·length, hiddenSize]. */
export function packedStates(
  a: Architecture,
  weights: Tensors,
  tokens: Tensor,
  segments: Tensor,
  positions: Tensor,
): Tensor {
  const attention = packedAttention(a, weights, segments, positions);
  return hiddenStates(a, weights, tokens, rotationAt(a, positions), attention);
}

/**
 * RoPE's cosines and sines at positions [rows, length], selected from tables computed on the host.
 */
export function rotationAt(a: Architecture, positions: Tensor): Rotation {
  const [rows, length] = positions.shape as [number, number];
  const tables = rotationTables(a.contextLength, a.headDim, a.ropeTheta, a.ropeScaling);
  const flat = tf.reshape<Rank.R1>(positions, [rows * length]);
  const pick = (table: Float32Array): Tensor =>
    tf.reshape(tf.gather(tf.tensor2d(table, [a.contextLength, a.headDim]), flat), [rows, length, 1, a.headDim]);
  return { cos: pick(tables.cos), sin: pick(tables.sin) };
}
