import * as tf from "@tensorflow/tfjs-core";
import type { Heads } from "./attention-reference.js";
import { noise } from "./support.js";

export const [rows, heads, keyValueHeads, hiddenSize] = [2, 4, 2, 8];

/** Vectors by formula, two rows. */
export function makeHeads(salt: number, length: number, count: number): Heads {
  const data = Float32Array.from(noise(salt, rows * length * count * hiddenSize), (x) => 2 * x);
  return { rows, length, heads: count, hiddenSize, data };
}

/**
 * Lengths of two rows, and of the documents packed into each: one document of `whole` tokens,
 * several, some with padding.
 */
export const packed = (whole: number): [number, number[][]][] => [
  [whole, [[whole], [whole]]],
  [
    64,
    [
      [30, 3, 31],
      [20, 40],
    ],
  ],
  [
    53,
    [
      [1, 2, 50],
      [17, 17],
    ],
  ],
  [7, [[7], [3, 2]]],
];

/** Rows of documents of these lengths, the rest padding. */
export function documentPlaces(documents: number[][], length: number): { segments: Int32Array; positions: Int32Array } {
  const segments = new Int32Array(rows * length);
  const positions = new Int32Array(rows * length);
  documents.forEach((lengths, row) => {
    let at = row * length;
    lengths.forEach((count, d) => {
      for (let i = 0; i < count; i++, at++) [segments[at], positions[at]] = [d + 1, i];
    });
  });
  return { segments, positions };
}

export const grid = (data: Int32Array) => tf.tensor2d(data, [rows, data.length / rows], "int32");

export const headsTensor = ({ rows, length, heads, hiddenSize, data }: Heads) =>
  tf.tensor(Float32Array.from(data), [rows, length, heads, hiddenSize]);
