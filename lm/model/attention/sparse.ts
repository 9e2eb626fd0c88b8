import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { compressedAttention, type BlockSight } from "./compressed.js";
import { documentBlocks, inDocumentBlocks } from "./document-blocks.js";
import { additive, windowBlocks, type LocalBlocks } from "./local-blocks.js";
import { selectedAttention } from "./selected.js";
import type { SparseSettings } from "./settings.js";
import { fromStreams, toStreams } from "./streams.js";

/**
 * Attention to a window and to blocks beyond it that the model selects, after Native Sparse
 * Attention (Yuan et al. 2025). A document is cut into blocks from its first token on. A block's
 * one key and value are means of its keys and values, weighted by softmax of a learned score of
 * each token. A token attends to all blocks before its window through these (compressed branch),
 * and to the tokens of its window and of the blocks that had the largest shares there; σ(gate) adds
 * the first to the second. The selection itself has no gradient: it learns through the compressed
 * branch, which it shares q, keys and scores with. Departures: window and selected blocks share one
 * softmax and one set of keys (NSA: three branches, keys of their own). A model that selects all
 * blocks and closes the gate is therefore dense, and training can continue a dense model as a
 * sparse one. Blocks do not overlap; the window begins at a block's start, so that no token is in
 * both or in neither.
 */

/** The data that the layers of one step share. */
interface Sparse extends SparseSettings {
  window: number;
  near: LocalBlocks;
  sight: BlockSight;
}

/** σ(x − gateShift): a gate whose weights are zero is nearly closed. */
const gateShift = 3;

/** @param segments, positions [rows, length] int32 */
export function sparseBlocks(settings: SparseSettings, segments: Tensor, positions: Tensor): Sparse {
  const rows = segments.shape[0];
  // A window that begins at a block's start is up to a block less one token longer.
  const grid = windowBlocks(segments, positions, settings.window + settings.blockSize - 1);
  const starts = windowStarts(settings, grid.position);
  const seen = tf.logicalAnd(grid.within(Infinity), tf.greaterEqual(grid.keyPosition(), tf.expandDims(starts, 3)));
  const near = { ...grid.blocks, mask: additive(tf.logicalAnd(grid.same, seen)) };
  const inRow = (x: Tensor): Tensor => tf.reshape(x, [rows, near.count * near.size]);
  const [segment, position] = [inRow(grid.segment), inRow(grid.position)];
  const blocks = documentBlocks(settings.blockSize, segment, position);
  return { ...settings, near, sight: { blocks, segments: segment, windowStarts: inRow(starts) } };
}

/**
 * Position at which the window of a token at each position begins, or less than 0: the start of a
 * block.
 */
export function windowStarts({ window, blockSize }: SparseSettings, positions: Tensor): Tensor {
  return tf.mul(tf.floor(tf.div(tf.sub(positions, window - 1), blockSize)), blockSize);
}

/** How far the gate is open, 0 to 1. */
export function openGate(gate: Tensor): Tensor {
  return tf.sigmoid(tf.sub(gate, gateShift));
}

/** What a layer computes from its tokens in addition to q, k and v. */
export interface SparseInputs {
  /** Score of each token in its block's means, [rows, length, keyValueHeads]. */
  pool: Tensor;
  /** Gate of the compressed branch before σ, [rows, length, heads]. */
  gate: Tensor;
}

/**
 * @param q [rows, length, heads, headDim]; @param k, v [rows, length, keyValueHeads, headDim]
 * @returns [rows, length, heads, headDim]
 */
export function sparseAttention(q: Tensor, k: Tensor, v: Tensor, { pool, gate }: SparseInputs, sparse: Sparse): Tensor {
  const [rows, length, heads, headDim] = q.shape as [number, number, number, number];
  const keyValueHeads = k.shape[2]!;
  const { near, sight } = sparse;
  const streams = (x: Tensor): Tensor => toStreams(x, keyValueHeads, near.size * near.count);
  const queries = streams(tf.mul(q, 1 / Math.sqrt(headDim)));
  const [keys, values] = [streams(k), streams(v)];
  const [keyBlocks, valueBlocks] = [inDocumentBlocks(keys, sight.blocks), inDocumentBlocks(values, sight.blocks)];
  const scores = inDocumentBlocks(streams(tf.expandDims(pool, 3)), sight.blocks);
  const means = blockMeans(scores, keyBlocks, valueBlocks);
  const { attended, selected } = compressedAttention(queries, means.keys, means.values, sight, sparse.selectedBlocks);
  const main = selectedAttention(queries, keys, values, keyBlocks, valueBlocks, selected, near);
  const back = (x: Tensor): Tensor => fromStreams(x, rows, length, headDim);
  const open = tf.reshape(openGate(gate), [rows, length, heads, 1]);
  return tf.add(back(main), tf.mul(back(attended), open));
}

/**
 * One key and one value for each block.
 * @param scores [streams, count, size, 1]; @param keyBlocks, valueBlocks [streams, count, size,
 *   headDim]
 * @returns [streams, count, headDim] each
 */
export function blockMeans(scores: Tensor, keyBlocks: Tensor, valueBlocks: Tensor): { keys: Tensor; values: Tensor } {
  const [streams, count, size, headDim] = keyBlocks.shape as [number, number, number, number];
  const shares = tf.softmax(tf.reshape(scores, [streams, count, 1, size]));
  const mean = (x: Tensor): Tensor => tf.reshape(tf.matMul(shares, x), [streams, count, headDim]);
  return { keys: mean(keyBlocks), values: mean(valueBlocks) };
}
