import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Tensors } from "../../tensor/program.js";
import type { Architecture } from "./architecture.js";
import type { Attention } from "./attention/attention.js";
import { linear, rmsNorm, rotate, swiglu, type Rotation } from "./layers.js";

/** How a layer multiplies and gates; a program that only decodes has its own version. */
export interface LayerFunctions {
  linear: typeof linear;
  swiglu: typeof swiglu;
}

const trainable: LayerFunctions = { linear, swiglu };

/**
 * The two halves of a layer of the Qwen3 layout, each including its residual: x [rows · length,
 * hiddenSize].
 */

/** @param shape [rows, length] */
export function attentionHalf(
  a: Architecture,
  weights: Tensors,
  layer: number,
  x: Tensor,
  { shape, rotation, attention }: { shape: [number, number]; rotation: Rotation; attention: Attention },
  { linear }: LayerFunctions = trainable,
): Tensor {
  const [rows, length] = shape;
  const weight = (name: string): Tensor => weights[`model.layers.${layer}.${name}.weight`]!;
  const heads = (y: Tensor, count: number): Tensor => tf.reshape(y, [rows, length, count, a.headDim]);
  const normed = rmsNorm(x, weight("input_layernorm"), a.normEpsilon);
  const q = heads(linear(normed, weight("self_attn.q_proj")), a.heads);
  const k = heads(linear(normed, weight("self_attn.k_proj")), a.keyValueHeads);
  const v = heads(linear(normed, weight("self_attn.v_proj")), a.keyValueHeads);
  const attended = attention(
    rotate(rmsNorm(q, weight("self_attn.q_norm"), a.normEpsilon), rotation),
    rotate(rmsNorm(k, weight("self_attn.k_norm"), a.normEpsilon), rotation),
    v,
    layer,
    normed,
  );
  const joined = tf.reshape(attended, [rows * length, a.heads * a.headDim]);
  return tf.add(x, linear(joined, weight("self_attn.o_proj")));
}

export function feedForwardHalf(
  a: Architecture,
  weights: Tensors,
  layer: number,
  x: Tensor,
  { linear, swiglu }: LayerFunctions = trainable,
): Tensor {
  const weight = (name: string): Tensor => weights[`model.layers.${layer}.${name}.weight`]!;
  const normed = rmsNorm(x, weight("post_attention_layernorm"), a.normEpsilon);
  const gated = swiglu(linear(normed, weight("mlp.gate_proj")), linear(normed, weight("mlp.up_proj")));
  return tf.add(x, linear(gated, weight("mlp.down_proj")));
}
