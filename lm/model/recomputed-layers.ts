import * as tf from "@tensorflow/tfjs-core";
import type { Rank, Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import { embedding } from "../../tensor/ops.js";
import type { Tensors } from "../../tensor/program.js";
import { recomputed } from "../../tensor/recompute.js";
import { embeddingName, finalNormName, parameters, type Architecture } from "./architecture.js";
import type { Attention } from "./attention/attention.js";
import { packedAttention } from "./attention/packed.js";
import { rmsNorm, type Rotation } from "./layers.js";
import { attentionHalf, feedForwardHalf } from "./transformer-layer.js";
import { hiddenStates, rotationAt } from "./transformer.js";

/**
 * A transformer that keeps only the input of each half of a layer for the backward pass, which
 * recomputes the rest: memory does not grow with the inside of a layer, for about a third more
 * work.
 */

/** Tokens of the longest row for which everything is kept. */
const maxKeptLength = 8192;

/**
 * Whether layers are recomputed by default. Dense attention keeps its scores within a layer in any
 * case.
 */
export function recomputesByDefault(a: Architecture, length: number): boolean {
  return a.attention.kind !== "dense" && length > maxKeptLength;
}

/** What attention needs in addition to a layer's weights. */
export interface Surroundings {
  /**
   * Tensors that have no gradient: `of` uses no others, because a recomputed layer has no others.
   */
  given: Tensor[];
  of: (weights: Tensors, given: Tensor[]) => { rotation: Rotation; attention: Attention };
}

/**
 * The last hidden states of tokens, [rows · length, hiddenSize]: {@link hiddenStates}.
 * @param tokens [rows, length] int32
 * @param recompute recomputes layers in the backward pass
 */
export function computeStates(
  a: Architecture,
  weights: Tensors,
  tokens: Tensor,
  surroundings: Surroundings,
  recompute = recomputesByDefault(a, tokens.shape[1]!),
): Tensor {
  if (!recompute) {
    const { rotation, attention } = surroundings.of(weights, surroundings.given);
    return hiddenStates(a, weights, tokens, rotation, attention);
  }
  const shape = tokens.shape as [number, number];
  let x: Tensor = embedding(weights[embeddingName] as Tensor2D, tf.reshape<Rank.R1>(tokens, [-1]));
  for (let layer = 0; layer < a.layers; layer++) {
    x = attentionAnew(a, weights, layer, x, shape, surroundings);
    x = feedForwardAnew(a, weights, layer, x);
  }
  return rmsNorm(x, weights[finalNormName]!, a.normEpsilon);
}

/**
 * The last hidden states of packed rows, as in `packedStates`.
 * @param inputs a batch's (batch.ts)
 */
export function batchStates(a: Architecture, weights: Tensors, inputs: Tensors, recompute?: boolean): Tensor {
  const surroundings: Surroundings = {
    given: [inputs["segments"]!, inputs["positions"]!],
    of: (weights, [segments, positions]) => ({
      rotation: rotationAt(a, positions!),
      attention: packedAttention(a, weights, segments!, positions!),
    }),
  };
  return computeStates(a, weights, inputs["tokens"]!, surroundings, recompute);
}

function attentionAnew(
  a: Architecture,
  weights: Tensors,
  layer: number,
  x: Tensor,
  shape: [number, number],
  surroundings: Surroundings,
): Tensor {
  const names = layerParameters(a, layer, (name) => /\.(self_attn|input_layernorm)\./.test(name));
  const run = ([x, ...values]: Tensor[], given: Tensor[]): Tensor => {
    const own = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
    return attentionHalf(a, own, layer, x!, { shape, ...surroundings.of(own, given) });
  };
  return recomputed(run, [x, ...names.map((name) => weights[name]!)], surroundings.given);
}

function feedForwardAnew(a: Architecture, weights: Tensors, layer: number, x: Tensor): Tensor {
  const names = layerParameters(a, layer, (name) => /\.(mlp|post_attention_layernorm)\./.test(name));
  const run = ([x, ...values]: Tensor[]): Tensor =>
    feedForwardHalf(a, Object.fromEntries(names.map((name, i) => [name, values[i]!])), layer, x!);
  return recomputed(run, [x, ...names.map((name) => weights[name]!)], []);
}

function layerParameters(a: Architecture, layer: number, half: (name: string) => boolean): string[] {
  return parameters(a)
    .map(({ name }) => name)
    .filter((name) => name.startsWith(`model.layers.${layer}.`) && half(name));
}
