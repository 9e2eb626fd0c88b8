import * as tf from "@tensorflow/tfjs-core";
import type { Rank, Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { embedding, linearCrossEntropy } from "../../tensor/ops.js";
import type { Tensors } from "../../tensor/program.js";
import { gradientsAnew, recomputed, type Recomputable } from "../../tensor/recompute.js";
import { after } from "../../tensor/trace.js";
import { embeddingName, finalNormName, parameters, type Architecture } from "./architecture.js";
import { packedAttention } from "./attention/packed.js";
import { rmsNorm } from "./layers.js";
import { predictedFrom, weightedCrossEntropy } from "./losses.js";
import { attentionHalf, feedForwardHalf } from "./transformer-layer.js";
import { headOf, rotationAt } from "./transformer.js";

/**
 * The loss over rows so long that what a layer computes must not be kept: the backward pass has the input of each half of a
 * layer and computes the rest anew; the logits are computed, and computed anew, in chunks of tokens.
 */

/** Tokens of the longest row of which everything is kept. */
const longestKept = 8192;

/** Logits of one chunk of tokens. */
export const mostLogits = 2 ** 24;

/** Whether {@link longRowLoss} computes the loss. Dense attention keeps its scores anyhow. */
export function isLong(a: Architecture, length: number): boolean {
  return a.attention.kind !== "dense" && length > longestKept;
}

/**
 * Sum of the weighted losses of packed rows, nats.
 * @param inputs a batch's (batch.ts)
 * @param chunkLogits at most so many logits exist at once
 */
export function longRowLoss(a: Architecture, weights: Tensors, inputs: Tensors, chunkLogits = mostLogits): Scalar {
  const states = longRowStates(a, weights, inputs);
  return chunkedLoss(
    predictedFrom(states, inputs),
    headOf(a, weights),
    flat(inputs["targets"]!),
    flat(inputs["weights"]!),
    chunkLogits,
  );
}

/**
 * Loss of each prediction of packed rows, nats, [rows · length]. Only measured: there is no gradient.
 * @param chunkLogits at most so many logits exist at once
 */
export function longRowLosses(a: Architecture, weights: Tensors, inputs: Tensors, chunkLogits = mostLogits): Tensor1D {
  const states = longRowStates(a, weights, inputs);
  const targets = flat(inputs["targets"]!);
  const head = headOf(a, weights);
  const parts: Tensor1D[] = [];
  for (const chunk of chunksOf(states.shape[0], chunkSize(head, chunkLogits))) {
    const [own, wanted] = [states, targets].map((x) => {
      const part = partOf(x, chunk);
      const before = parts.at(-1);
      return before ? after(part, before) : part;
    }) as [Tensor2D, Tensor1D];
    parts.push(tf.tidy(() => linearCrossEntropy(own, head, wanted)));
  }
  return tf.concat(parts);
}

/** The final hidden states, [rows · length, hiddenSize]. */
function longRowStates(a: Architecture, weights: Tensors, inputs: Tensors): Tensor {
  const [tokens, segments, positions] = ["tokens", "segments", "positions"].map((name) => inputs[name]!) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  let x: Tensor = embedding(weights[embeddingName] as Tensor2D, flat(tokens));
  for (let layer = 0; layer < a.layers; layer++) {
    x = attentionAnew(a, weights, layer, x, segments, positions);
    x = feedForwardAnew(a, weights, layer, x);
  }
  return rmsNorm(x, weights[finalNormName]!, a.normEpsilon);
}

function flat(x: Tensor): Tensor1D {
  return tf.reshape<Rank.R1>(x, [-1]);
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

/**
 * {@link weightedCrossEntropy}, chunk by chunk of tokens.
 * @param states [tokens, hiddenSize]; @param targets, weights [tokens]
 * @param chunkLogits at most so many logits exist at once
 */
export function chunkedLoss(
  states: Tensor,
  head: Tensor,
  targets: Tensor1D,
  weights: Tensor1D,
  chunkLogits: number,
): Scalar {
  const chunks = chunksOf(states.shape[0], chunkSize(head, chunkLogits));
  const op = tf.customGrad((...args) => {
    const [states, head, save] = args as unknown as [Tensor, Tensor, tf.GradSaveFunc];
    save([states, head, targets, weights]);
    let sum: Tensor = tf.scalar(0);
    for (const chunk of chunks) {
      const parts = [states, targets, weights].map((x) => after(partOf(x, chunk), sum)) as [Tensor, Tensor, Tensor];
      sum = tf.tidy(() => tf.add(sum, lossOf([parts[0], head], parts.slice(1))));
    }
    return { value: sum, gradFunc: (dy: Tensor, saved: Tensor[]) => lossGradients(saved, dy, chunks) };
  });
  return op(states, head) as Scalar;
}

const lossOf: Recomputable = ([states, head], [targets, weights]) =>
  weightedCrossEntropy(states as Tensor2D, head as Tensor2D, targets as Tensor1D, weights as Tensor1D);

/** Of the states and the head. */
function lossGradients([states, head, targets, weights]: Tensor[], dy: Tensor, chunks: Chunk[]): Tensor[] {
  const ofStates: Tensor[] = [];
  let ofHead: Tensor = tf.zerosLike(head!);
  for (const chunk of chunks) {
    const [dStates, dHead] = tf.tidy(() => {
      const [own, ...others] = [states!, targets!, weights!].map((x) => after(partOf(x, chunk), ofHead));
      const [dStates, dHead] = gradientsAnew(lossOf, [own!, head!], others, dy) as [Tensor, Tensor];
      return [dStates, tf.add(ofHead, dHead)] as [Tensor, Tensor];
    });
    ofStates.push(dStates);
    ofHead = dHead;
  }
  return [tf.concat(ofStates, 0), ofHead];
}

interface Chunk {
  from: number;
  length: number;
}

/** Tokens of a chunk. */
function chunkSize(head: Tensor, chunkLogits: number): number {
  return Math.max(1, Math.floor(chunkLogits / head.shape[0]));
}

function chunksOf(tokens: number, size: number): Chunk[] {
  return Array.from({ length: Math.ceil(tokens / size) }, (_, i) => ({
    from: i * size,
    length: Math.min(size, tokens - i * size),
  }));
}

function partOf(x: Tensor, { from, length }: Chunk): Tensor {
  const rest = x.shape.slice(1);
  return tf.slice(x, [from, ...rest.map(() => 0)], [length, ...rest]);
}
