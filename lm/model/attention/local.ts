import * as tf from "@tensorflow/tfjs-core";
import type { Rank, Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { embedding } from "../../../tensor/ops.js";
import { additive, blocksBefore, windowBlocks, type BlockGrid, type LocalBlocks } from "./local-blocks.js";
import type { LocalSettings } from "./settings.js";
import { fromStreams, toStreams } from "./streams.js";

/**
 * Sliding-window attention in blocks: the queries of a block meet the keys of their own block and
 * of the blocks before it that the window reaches into, and the sinks of the document that the
 * block begins in; a document that begins inside has its sinks among those keys. Memory and work
 * are tokens × (window + block + sinks).
 */

/** The data that the layers of one step share: the sinks come before the window's keys. */
interface Local extends LocalBlocks {
  /** The positions of each block's sinks in the concatenated rows: [rows · count · sinks] int32. */
  sinkSlots?: Tensor1D;
}

/** @param segments, positions [rows, length] int32 */
export function localBlocks(settings: LocalSettings, segments: Tensor, positions: Tensor): Local {
  const { window, sinks } = settings;
  const base = windowBlocks(segments, positions, window);
  const { blocks, segment, position, same, within } = base;
  if (sinks === 0) return { ...blocks, mask: additive(tf.logicalAnd(same, within(window))) };
  const isSink = tf.logicalAnd(within(Infinity), tf.less(base.keyPosition(), sinks));
  const seen = tf.logicalAnd(same, tf.logicalOr(within(window), isSink));
  const before = sinksBefore(sinks, blocks, segment, position, segments.shape[1]!);
  return { ...blocks, mask: additive(tf.concat([before.seen, seen], 3)), sinkSlots: before.slots };
}

/**
 * The sinks that come before a block's keys: those of the document that the block's first token
 * belongs to.
 * @param segment, position [rows, count, size]
 * @returns seen [rows, count, size, sinks]; a sink among the block's keys is not seen here
 */
function sinksBefore(
  sinks: number,
  { size, count, reach }: BlockGrid,
  segment: Tensor,
  position: Tensor,
  length: number,
): { seen: Tensor; slots: Tensor1D } {
  const rows = segment.shape[0];
  const first = (values: Tensor): Tensor => tf.slice(values, [0, 0, 0], [rows, count, 1]);
  const begins = tf.reshape(tf.range(0, size * count, size), [1, count, 1]);
  const place = tf.add(tf.sub(begins, first(position)), tf.reshape(tf.range(0, sinks), [1, 1, sinks]));
  const outside = tf.less(place, tf.sub(begins, reach * size));
  const ofDocument = tf.equal(segment, first(segment));
  const seen = tf.logicalAnd(tf.expandDims(ofDocument, 3), tf.expandDims(outside, 2));
  const row = tf.reshape(tf.range(0, rows * length, length), [rows, 1, 1]);
  const slots = tf.add(tf.relu(tf.minimum(place, length - 1)), row);
  return { seen, slots: tf.cast(tf.reshape<Rank.R1>(slots, [rows * count * sinks]), "int32") };
}

/**
 * @param q [rows, length, heads, headDim]; @param k, v [rows, length, keyValueHeads, headDim]
 * @returns [rows, length, heads, headDim]
 */
export function localAttention(q: Tensor, k: Tensor, v: Tensor, local: Local): Tensor {
  const [rows, length, heads, headDim] = q.shape as [number, number, number, number];
  const keyValueHeads = k.shape[2]!;
  const { size, count } = local;
  const streams = rows * keyValueHeads;
  const group = heads / keyValueHeads;
  const scaled = toStreams(tf.mul(q, 1 / Math.sqrt(headDim)), keyValueHeads, size * count);
  const queries = tf.reshape(scaled, [streams, count, size * group, headDim]);
  const keys = keysOfBlocks(k, local);
  const values = keysOfBlocks(v, local);
  const keyCount = keys.shape[2]!;
  const scores = tf.reshape(tf.matMul(queries, keys, false, true), [
    rows,
    keyValueHeads,
    count * size,
    group,
    keyCount,
  ]);
  const masks = tf.reshape(local.mask, [rows, 1, count * size, 1, keyCount]);
  const shares = tf.reshape(tf.softmax(tf.add(scores, masks)), [streams, count, size * group, keyCount]);
  const attended = tf.reshape(tf.matMul(shares, values), [streams, count * size, group * headDim]);
  return fromStreams(attended, rows, length, headDim);
}

/**
 * The keys (or values) that each block sees, [rows · keyValueHeads, count, keys, headDim], of k
 * [rows, length, keyValueHeads, headDim].
 */
function keysOfBlocks(k: Tensor, local: Local): Tensor {
  const { size, count, sinkSlots } = local;
  const [rows, length, heads, width] = k.shape as [number, number, number, number];
  const streams = toStreams(k, heads, size * count);
  const near = blocksBefore(tf.reshape(streams, [rows * heads, count, size, width]), local);
  if (sinkSlots === undefined) return near;
  const table = tf.reshape<Rank.R2>(k, [rows * length, heads * width]);
  const sinks = sinkSlots.shape[0] / (rows * count);
  const picked = tf.reshape(embedding(table, sinkSlots), [rows, count * sinks, heads, width]);
  return tf.concat([tf.reshape(tf.transpose(picked, [0, 2, 1, 3]), [rows * heads, count, sinks, width]), near], 2);
}
