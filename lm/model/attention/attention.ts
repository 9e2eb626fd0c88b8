import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * How attention treats one layer's q [rows, length, heads, headDim] and k, v [rows, length,
 * keyValueHeads, headDim]; `normed` [rows · length, width] is what they were made of. Returns
 * [rows, length, heads, headDim].
 */
export type Attention = (q: Tensor, k: Tensor, v: Tensor, layer: number, normed: Tensor) => Tensor;
