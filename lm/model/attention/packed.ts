import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Tensors } from "../../../tensor/program.js";
import type { Architecture } from "../architecture.js";
import { linear } from "../layers.js";
import type { Attention } from "./attention.js";
import { denseAttention, packedMask } from "./dense.js";
import { localAttention, localBlocks } from "./local.js";
import { sparseAttention, sparseBlocks, type SparseInputs } from "./sparse.js";

/**
 * Attention of the model's kind in packed rows: a token sees tokens of its own segment only, none
 * after it.
 * @param segments, positions [rows, length] int32; within a segment, positions increase by one from
 *   token to token
 */
export function packedAttention(a: Architecture, weights: Tensors, segments: Tensor, positions: Tensor): Attention {
  const attention = attentionOfKind(a, weights, segments, positions);
  // A step is traced by running it once: tensors that a layer's attention leaves behind must not
  // add up over the layers.
  return (...args) => tf.tidy(() => attention(...args));
}

function attentionOfKind(a: Architecture, weights: Tensors, segments: Tensor, positions: Tensor): Attention {
  const settings = a.attention;
  switch (settings.kind) {
    case "dense": {
      const mask = packedMask(segments);
      return (q, k, v) => denseAttention(q, k, v, mask);
    }
    case "local": {
      const blocks = localBlocks(settings, segments, positions);
      return (q, k, v) => localAttention(q, k, v, blocks);
    }
    case "sparse": {
      const blocks = sparseBlocks(settings, segments, positions);
      return (q, k, v, layer, normed) =>
        sparseAttention(q, k, v, sparseInputs(a, weights, layer, normed, q.shape), blocks);
    }
  }
}

/** @param shape of q: [rows, length, heads, headDim] */
export function sparseInputs(
  a: Architecture,
  weights: Tensors,
  layer: number,
  normed: Tensor,
  shape: number[],
): SparseInputs {
  const [rows, length] = shape as [number, number];
  const of = (name: string, heads: number): Tensor =>
    tf.reshape(linear(normed, weights[`model.layers.${layer}.self_attn.${name}.weight`]!), [rows, length, heads]);
  return { pool: of("block_pool", a.keyValueHeads), gate: of("block_gate", a.heads) };
}
