import * as tf from "@tensorflow/tfjs-core";
import type { Rank, Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { embedding } from "../../tensor/ops.js";
import { masked } from "./dense.js";
import type { LocalSettings } from "./settings.js";

/**
 * Sliding-window attention in blocks: the queries of a block stand against the keys of their own block and of as many
 * before it as the window reaches into, and against the sinks of the document that the block begins in; a document that
 * begins inside has its sinks among those keys. Memory and work are tokens × (window + block + sinks).
 */

/** What the layers of one step share. */
interface LocalBlocks {
  /** Tokens of a block. */
  size: number;
  /** Blocks in a row, the last filled up. */
  count: number;
  /** Blocks before a block that its window reaches into. */
  reach: number;
  /** Additive, [rows, 1, count, 1, size, keys]; keys = sinks, then (reach + 1) · size. */
  mask: Tensor;
  /** Of each block the slots of the sinks, in all rows on end: [rows · count · sinks] int32. */
  sinkSlots?: Tensor1D;
}

/** Tokens of a block: half a window keeps the part of the keys that no query sees below a third. */
function blockSize({ window }: LocalSettings, length: number): number {
  const half = 2 ** Math.floor(Math.log2(Math.max(window / 2, 1)));
  return Math.min(Math.max(half, 16), 64, length);
}

/** @param segments, positions [rows, length] int32 */
export function localBlocks(settings: LocalSettings, segments: Tensor, positions: Tensor): LocalBlocks {
  const [rows, length] = segments.shape as [number, number];
  const { window, sinks } = settings;
  const size = blockSize(settings, length);
  const count = Math.ceil(length / size);
  const reach = Math.min(Math.ceil((window - 1) / size), count - 1);
  const blocks = { size, count, reach };
  const inBlocks = (values: Tensor): Tensor => {
    const filled = tf.pad(tf.cast(values, "float32"), [
      [0, 0],
      [0, size * count - length],
    ]);
    return tf.reshape(filled, [rows, count, size]);
  };
  const segment = inBlocks(segments);
  const position = inBlocks(positions);
  // No segment has number −1: what stands before the first block is seen by nobody.
  const same = tf.equal(tf.expandDims(segment, 3), tf.expandDims(withBlocksBefore(segment, blocks, -1), 2));
  const offsets = offsetsTo(size, reach);
  const within = (limit: number): Tensor =>
    tf.tensor(
      offsets.map((offset) => Number(offset >= 0 && offset < limit)),
      [1, 1, size, (reach + 1) * size],
      "bool",
    );
  if (sinks === 0) return { ...blocks, mask: additive(tf.logicalAnd(same, within(window))) };
  const keyPosition = tf.expandDims(withBlocksBefore(position, blocks, 0), 2);
  const isSink = tf.logicalAnd(within(Infinity), tf.less(keyPosition, sinks));
  const seen = tf.logicalAnd(same, tf.logicalOr(within(window), isSink));
  const before = sinksBefore(settings, blocks, segment, position);
  return { ...blocks, mask: additive(tf.concat([before.seen, seen], 3)), sinkSlots: before.slots };
}

/** Of a query and a key of a block's keys, how far the key stands before the query, row-major [size, (reach + 1) · size]. */
function offsetsTo(size: number, reach: number): number[] {
  const keys = (reach + 1) * size;
  return Array.from({ length: size * keys }, (_, i) => reach * size + Math.floor(i / keys) - (i % keys));
}

/**
 * The sinks that stand before a block's keys: those of the document that the block's first token belongs to.
 * @param segment, position [rows, count, size]
 * @returns seen [rows, count, size, sinks]; a sink among the block's keys is not seen here
 */
function sinksBefore(
  { sinks }: LocalSettings,
  { size, count, reach }: Pick<LocalBlocks, "size" | "count" | "reach">,
  segment: Tensor,
  position: Tensor,
): { seen: Tensor; slots: Tensor1D } {
  const rows = segment.shape[0];
  const first = (values: Tensor): Tensor => tf.slice(values, [0, 0, 0], [rows, count, 1]);
  const begins = tf.reshape(tf.range(0, size * count, size), [1, count, 1]);
  const place = tf.add(tf.sub(begins, first(position)), tf.reshape(tf.range(0, sinks), [1, 1, sinks]));
  const outside = tf.less(place, tf.sub(begins, reach * size));
  const ofDocument = tf.equal(segment, first(segment));
  const seen = tf.logicalAnd(tf.expandDims(ofDocument, 3), tf.expandDims(outside, 2));
  const row = tf.reshape(tf.range(0, rows * size * count, size * count), [rows, 1, 1]);
  const slots = tf.add(tf.relu(tf.minimum(place, size * count - 1)), row);
  return { seen, slots: tf.cast(tf.reshape<Rank.R1>(slots, [rows * count * sinks]), "int32") };
}

/** @param seen bool [rows, count, size, keys] */
function additive(seen: Tensor): Tensor {
  const [rows, count, size, keys] = seen.shape as [number, number, number, number];
  return tf.reshape(tf.mul(tf.sub(1, tf.cast(seen, "float32")), masked), [rows, 1, count, 1, size, keys]);
}

/**
 * Of each block the values of the blocks before it and its own.
 * @param values [..., count, size] and more axes behind as `trailing` says
 * @returns [..., count, (reach + 1) · size, ...]
 */
function withBlocksBefore(
  values: Tensor,
  { size, count, reach }: Pick<LocalBlocks, "size" | "count" | "reach">,
  filler: number,
): Tensor {
  const [rows, , , ...trailing] = values.shape as [number, number, number, ...number[]];
  const none = trailing.map(() => [0, 0] as [number, number]);
  const padded = tf.pad(values, [[0, 0], [reach, 0], [0, 0], ...none], filler);
  const shifts = Array.from({ length: reach + 1 }, (_, shift) =>
    tf.slice(padded, [0, shift, 0, ...trailing.map(() => 0)], [rows, count, size, ...trailing]),
  );
  return tf.concat(shifts, 2);
}

/**
 * @param q [rows, length, heads, headWidth]; @param k, v [rows, length, keyValueHeads, headWidth]
 * @returns [rows, length, heads, headWidth]
 */
export function localAttention(q: Tensor, k: Tensor, v: Tensor, blocks: LocalBlocks): Tensor {
  const [rows, length, heads, headWidth] = q.shape as [number, number, number, number];
  const keyValueHeads = k.shape[2]!;
  const group = heads / keyValueHeads;
  const { size, count } = blocks;
  const filled = (x: Tensor): Tensor =>
    tf.pad(x, [
      [0, 0],
      [0, size * count - length],
      [0, 0],
      [0, 0],
    ]);
  const split = tf.reshape(filled(tf.mul(q, 1 / Math.sqrt(headWidth))), [
    rows,
    count,
    size,
    keyValueHeads,
    group,
    headWidth,
  ]);
  const queries = tf.reshape(tf.transpose(split, [0, 3, 1, 4, 2, 5]), [
    rows * keyValueHeads,
    count,
    group * size,
    headWidth,
  ]);
  const keys = keysOfBlocks(filled(k), blocks);
  const values = keysOfBlocks(filled(v), blocks);
  const keyCount = keys.shape[2]!;
  const scores = tf.reshape(tf.matMul(queries, keys, false, true), [rows, keyValueHeads, count, group, size, keyCount]);
  const shares = tf.reshape(tf.softmax(tf.add(scores, blocks.mask)), [
    rows * keyValueHeads,
    count,
    group * size,
    keyCount,
  ]);
  const attended = tf.reshape(tf.matMul(shares, values), [rows, keyValueHeads, count, group, size, headWidth]);
  const inOrder = tf.reshape(tf.transpose(attended, [0, 2, 4, 1, 3, 5]), [rows, count * size, heads, headWidth]);
  return tf.slice(inOrder, [0, 0, 0, 0], [rows, length, heads, headWidth]);
}

/** The keys (or values) that each block sees, [rows · keyValueHeads, count, keys, headWidth], of k [rows, count · size, keyValueHeads, headWidth]. */
function keysOfBlocks(k: Tensor, blocks: LocalBlocks): Tensor {
  const { size, count, sinkSlots } = blocks;
  const [rows, , heads, width] = k.shape as [number, number, number, number];
  const byHead = tf.reshape(tf.transpose(k, [0, 2, 1, 3]), [rows * heads, count, size, width]);
  const near = withBlocksBefore(byHead, blocks, 0);
  if (sinkSlots === undefined) return near;
  const table = tf.reshape<Rank.R2>(k, [rows * count * size, heads * width]);
  const sinks = sinkSlots.shape[0] / (rows * count);
  const picked = tf.reshape(embedding(table, sinkSlots), [rows, count * sinks, heads, width]);
  return tf.concat([tf.reshape(tf.transpose(picked, [0, 2, 1, 3]), [rows * heads, count, sinks, width]), near], 2);
}
