import * as tf from "@tensorflow/tfjs-core";
import type { Rank, Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import { embedding } from "../../tensor/ops.js";
import type { Tensors } from "../../tensor/program.js";
import { recomputed } from "../../tensor/recompute.js";
import { embeddingName, finalNormName, parameters, type Architecture } from "./architecture.js";
import { packedAttention } from "./attention/packed.js";
import { rmsNorm } from "./layers.js";
import { attentionHalf, feedForwardHalf } from "./transformer-layer.js";
import { packedStates, rotationAt } from "./transformer.js";

/**
 * A transformer of which the backward pass has the input of each half of a layer and computes the rest anew: memory that does not
 * grow with what a layer computes inside, for about a third more work.
 */

/** Tokens of the longest row of which everything is kept. */
const longestKept = 8192;

/** Whether layers are computed anew where nothing is said. Dense attention keeps its scores within a layer anyhow. */
export function recomputesByDefault(a: Architecture, length: number): boolean {
  return a.attention.kind !== "dense" && length > longestKept;
}

/**
 * The last hidden states of a batch's rows, [rows · length, hiddenSize].
 * @param inputs a batch's (batch.ts)
 * @param recompute computes layers anew in the backward pass
 */
export function batchStates(
  a: Architecture,
  weights: Tensors,
  inputs: Tensors,
  recompute = recomputesByDefault(a, inputs["tokens"]!.shape[1]!),
): Tensor {
  const names = ["tokens", "segments", "positions"] as const;
  const [tokens, segments, positions] = names.map((name) => inputs[name]!) as [Tensor, Tensor, Tensor];
  if (!recompute) return packedStates(a, weights, tokens, segments, positions);
  let x: Tensor = embedding(weights[embeddingName] as Tensor2D, tf.reshape<Rank.R1>(tokens, [-1]));
  for (let layer = 0; layer < a.layers; layer++) {
    x = attentionAnew(a, weights, layer, x, segments, positions);
    x = feedForwardAnew(a, weights, layer, x);
  }
  return rmsNorm(x, weights[finalNormName]!, a.normEpsilon);
}

function attentionAnew(
  a: Architecture,
  weights: Tensors,
  layer: number,
  x: Tensor,
  segments: Tensor,
  positions: Tensor,
): Tensor {
  const names = namesOf(a, layer, (name) => /\.(self_attn|input_layernorm)\./.test(name));
  const run = ([x, ...values]: Tensor[], [segments, positions]: Tensor[]): Tensor => {
    const own = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
    const attention = packedAttention(a, own, segments!, positions!);
    const shape = positions!.shape as [number, number];
    return attentionHalf(a, own, layer, x!, { shape, rotation: rotationAt(a, positions!), attention });
  };
  return recomputed(run, [x, ...names.map((name) => weights[name]!)], [segments, positions]);
}

function feedForwardAnew(a: Architecture, weights: Tensors, layer: number, x: Tensor): Tensor {
  const names = namesOf(a, layer, (name) => /\.(mlp|post_attention_layernorm)\./.test(name));
  const run = ([x, ...values]: Tensor[]): Tensor =>
    feedForwardHalf(a, Object.fromEntries(names.map((name, i) => [name, values[i]!])), layer, x!);
  return recomputed(run, [x, ...names.map((name) => weights[name]!)], []);
}

function namesOf(a: Architecture, layer: number, half: (name: string) => boolean): string[] {
  return parameters(a)
    .map(({ name }) => name)
    .filter((name) => name.startsWith(`model.layers.${layer}.`) && half(name));
}
