import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * How attention treats one layer's q [rows, length, heads, headWidth] and k, v [rows, length, keyValueHeads, headWidth];
 * `normed` [rows · length, width] is what they were made of. Gives [rows, length, heads, headWidth].
 */
export type Attention = (q: Tensor, k: Tensor, v: Tensor, layer: number, normed: Tensor) => Tensor;
