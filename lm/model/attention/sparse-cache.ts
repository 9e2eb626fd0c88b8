import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { CacheKind, Store } from "./cache.js";
import { attendToBlocks, type BlockSight } from "./compressed.js";
import { masked } from "./dense.js";
import { pickStreams } from "./document-blocks.js";
import type { SparseSettings } from "./settings.js";
import { blockMeans, openGate, windowStarts, type SparseInputs } from "./sparse.js";
import { fromStreams, toStreams } from "./streams.js";

/** Whole blocks in a cache of so many slots. */
export function blockCount({ blockSize }: SparseSettings, slots: number): number {
  return Math.floor(slots / blockSize);
}

/** What new tokens bring: q [rows, length, heads, headDim], k, v [rows, length, keyValueHeads, headDim], and the rest. */
interface Fresh extends SparseInputs {
  q: Tensor;
  k: Tensor;
  v: Tensor;
}

/** Where a layer's cache is written. */
interface Place {
  store: Store;
  replace: (kind: CacheKind, layer: number, change: (old: Tensor) => Tensor) => Tensor;
  layer: number;
  /** [rows, length] int32; a slot's number is its token's position. */
  positions: Tensor;
}

/**
 * Sparse attention of new tokens with a cache: the means of the blocks that they are in are made anew, and each token
 * reads its window, the blocks' means and the blocks that it selects.
 * @returns [rows, length, heads, headDim]
 */
export function attendSelected(settings: SparseSettings, fresh: Fresh, place: Place): Tensor {
  const { q, k, v, pool, gate } = fresh;
  const { layer, positions } = place;
  const [rows, length, heads, headDim] = q.shape as [number, number, number, number];
  const keyValueHeads = k.shape[2]!;
  const inStreams = (x: Tensor): Tensor => tf.reshape(x, [rows * keyValueHeads, x.shape[2]!, x.shape[3]!]);
  const keys = inStreams(place.store("keys", layer, k));
  const values = inStreams(place.store("values", layer, v));
  const scores = inStreams(place.store("pool", layer, tf.expandDims(pool, 3)));
  const queries = toStreams(tf.mul(q, 1 / Math.sqrt(headDim)), keyValueHeads, length);
  const starts = windowStarts(settings, tf.cast(positions, "float32"));
  const back = (x: Tensor): Tensor => fromStreams(x, rows, length, headDim);
  const near = windowPart(settings, positions, starts);
  const count = blockCount(settings, keys.shape[1]!);
  if (count === 0) return back(attendToParts(queries, keys, values, [near]));
  const means = updatedMeans(settings, { keys, values, scores }, place, count);
  const sight = sightOf(settings, starts, count);
  const most = settings.selectedBlocks;
  const both = attendToBlocks(queries, means.keys, means.values, {
    sight,
    chunk: { from: 0, to: length, blocks: count },
    most,
  });
  const [attended, selected] = tf.split(both, [queries.shape[2]!, most], 2) as [Tensor, Tensor];
  const far = selectedPart(settings, selected, count);
  const main = attendToParts(queries, keys, values, [near, far]);
  const open = tf.reshape(openGate(gate), [rows, length, heads, 1]);
  return tf.add(back(main), tf.mul(back(attended), open));
}

/** One document a row, its blocks in their order. */
function sightOf({ blockSize }: SparseSettings, starts: Tensor, count: number): BlockSight {
  const rows = starts.shape[0];
  const positions = tf.tile(tf.reshape(tf.range(0, count * blockSize, blockSize), [1, count]), [rows, 1]);
  const nothing = tf.zerosLike(positions).toInt();
  const blocks = {
    size: blockSize,
    count,
    segments: tf.zerosLike(positions),
    positions,
    tokens: nothing,
    places: nothing,
  };
  return { blocks, segments: tf.zerosLike(starts), windowStarts: starts };
}

/** The blocks' keys and values, [streams, count, headDim], those anew that the new tokens are in. */
function updatedMeans(
  { blockSize }: SparseSettings,
  { keys, values, scores }: { keys: Tensor; values: Tensor; scores: Tensor },
  { replace, layer, positions }: Place,
  count: number,
): { keys: Tensor; values: Tensor } {
  const [rows, length] = positions.shape as [number, number];
  const [streams, , headDim] = keys.shape as [number, number, number];
  const touched = Math.min(count, Math.floor((length - 1) / blockSize) + 2);
  const zero = tf.scalar(0, "int32");
  const first = tf.floorDiv(tf.maximum(tf.slice(positions, [0, 0], [rows, 1]), zero), tf.scalar(blockSize, "int32"));
  const blocks = tf.add(first, tf.range(0, touched, 1, "int32"));
  const readable = tf.minimum(blocks, tf.scalar(count - 1, "int32"));
  const begins = tf.expandDims(tf.mul(readable, tf.scalar(blockSize, "int32")), 2);
  const tokens = tf.reshape(tf.add(begins, tf.range(0, blockSize, 1, "int32")), [rows, touched * blockSize]);
  const pick = (x: Tensor): Tensor => tf.reshape(pickStreams(x, tokens), [streams, touched, blockSize, x.shape[2]!]);
  const means = blockMeans(pick(scores), pick(keys), pick(values));
  const one = tf.equal(tf.reshape(tf.range(0, count, 1, "int32"), [1, count, 1]), tf.expandDims(blocks, 1));
  const place = tf.reshape(tf.cast(one, "float32"), [rows, 1, count, touched]);
  const kept = tf.sub(1, tf.sum(place, -1, true));
  const put = (kind: "blockKeys" | "blockValues", mean: Tensor): Tensor => {
    const replaced = replace(kind, layer, (old) => {
      const wide = tf.tile(place, [1, streams / rows, 1, 1]);
      const added = tf.matMul(wide, tf.reshape(mean, [rows, streams / rows, touched, headDim]));
      return tf.add(tf.mul(old, kept), added);
    });
    return tf.reshape(replaced, [streams, count, headDim]);
  };
  return { keys: put("blockKeys", means.keys), values: put("blockValues", means.values) };
}

/** Some of the tokens that queries read: their slots [rows or streams, length, n] int32, and which are not to be seen. */
interface Part {
  slots: Tensor;
  hidden: Tensor;
}

function windowPart({ window, blockSize }: SparseSettings, positions: Tensor, starts: Tensor): Part {
  const longest = window + blockSize - 1;
  const before = tf.range(1 - longest, 1, 1, "int32");
  const slots = tf.add(tf.expandDims(positions, 2), tf.reshape(before, [1, 1, longest]));
  const hidden = tf.logicalOr(
    tf.less(tf.cast(slots, "float32"), tf.expandDims(starts, 2)),
    tf.less(slots, tf.scalar(0, "int32")),
  );
  return { slots: tf.maximum(slots, tf.scalar(0, "int32")), hidden };
}

/** @param selected [streams, length, most], whole numbers; `count` for none */
function selectedPart({ blockSize }: SparseSettings, selected: Tensor, count: number): Part {
  const [streams, length, most] = selected.shape as [number, number, number];
  const none = tf.greaterEqual(selected, count);
  const begins = tf.mul(tf.minimum(selected, count - 1), blockSize);
  const slots = tf.add(tf.expandDims(begins, 3), tf.reshape(tf.range(0, blockSize), [1, 1, 1, blockSize]));
  const flat = (x: Tensor): Tensor => tf.reshape(x, [streams, length, most * blockSize]);
  return {
    slots: tf.cast(flat(slots), "int32"),
    hidden: tf.cast(flat(tf.tile(tf.expandDims(tf.cast(none, "int32"), 3), [1, 1, 1, blockSize])), "bool"),
  };
}

/** One softmax over the tokens of all parts: [streams, length, group · headDim]. */
function attendToParts(queries: Tensor, keys: Tensor, values: Tensor, parts: Part[]): Tensor {
  const [streams, length, width] = queries.shape as [number, number, number];
  const [, , headDim] = keys.shape as [number, number, number];
  const perStream = (x: Tensor): Tensor => {
    const [rows, , n] = x.shape as [number, number, number];
    if (rows === streams) return x;
    return tf.reshape(tf.tile(tf.expandDims(x, 1), [1, streams / rows, 1, 1]), [streams, length, n]);
  };
  const all = (of: (part: Part) => Tensor): Tensor =>
    tf.concat(
      parts.map((part) => perStream(of(part))),
      2,
    );
  const slots = all((part) => part.slots);
  const mask = tf.mul(
    all((part) => tf.cast(part.hidden, "float32")),
    masked,
  );
  const count = slots.shape[2]!;
  const read = (x: Tensor): Tensor =>
    tf.reshape(pickStreams(x, tf.reshape(slots, [streams, length * count])), [streams, length, count, headDim]);
  const heads = tf.reshape(queries, [streams, length, width / headDim, headDim]);
  const scores = tf.add(tf.matMul(heads, read(keys), false, true), tf.expandDims(mask, 2));
  return tf.reshape(tf.matMul(tf.softmax(scores), read(values)), [streams, length, width]);
}
