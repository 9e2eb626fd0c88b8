import * as tf from "@tensorflow/tfjs-core";
import type { Rank, Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { sumRows } from "../../../tensor/ops.js";

/**
 * Queries dispatched to the blocks that they selected, like the tokens of experts (Gale et al.
 * 2023, MegaBlocks; Lu et al. 2025, MoBA): the pairs of query and block, sorted by block, fill
 * tiles of `tile` slots, each tile of one block. A block's last tile may be partly empty; their
 * number is known beforehand: one for each block in addition to those that the pairs fill.
 */
export interface Dispatch {
  /** Tiles. */
  count: number;
  /** Slots of a tile. */
  tile: number;
  /**
   * Query of each slot, of all streams concatenated, [count · tile] int32; 0 if the slot is empty.
   */
  queries: Tensor1D;
  /** Whether each slot is filled: 1 or 0, [count · tile]. */
  filled: Tensor1D;
  /** Block of each tile, of all streams concatenated, [count] int32. */
  blocks: Tensor1D;
  /** Slot of each pair, [streams · queries · most] int32. */
  slots: Tensor1D;
}

/**
 * @param selected [streams, queries, most] int32: a block, 0 … count−1, or `count` for none, which
 *   is treated like a block here
 */
export function dispatch(selected: Tensor, count: number): Dispatch {
  const [streams, queries, most] = selected.shape as [number, number, number];
  const pairs = streams * queries * most;
  const all = streams * (count + 1);
  const tile = tileSize(pairs / all);
  const tiles = Math.floor(pairs / tile) + all;
  const starts = tf.reshape(tf.range(0, all, count + 1, "int32"), [streams, 1, 1]);
  const block = tf.reshape<Rank.R1>(tf.add(selected, starts), [pairs]);
  const order = tf.cast<Tensor1D>(tf.topk<Tensor1D>(tf.neg(block), pairs).indices, "int32");
  const sorted = tf.gather(block, order);
  const sizes = sumRows(tf.onesLike(block), block, all) as Tensor1D;
  const tilesOfBlock = tf.floorDiv<Tensor1D>(tf.add(sizes, tf.scalar(tile - 1, "int32")), tf.scalar(tile, "int32"));
  const firstTile = tf.gather(cumulateBefore(tilesOfBlock), sorted);
  const rank = tf.sub(tf.range(0, pairs, 1, "int32"), tf.gather(cumulateBefore(sizes), sorted));
  const size = tf.scalar(tile, "int32");
  const slot = tf.add<Tensor1D>(tf.mul(firstTile, size), rank);
  // Pairs count from 1, so that 0 stands for empty slots; the pairs of no block leave theirs empty.
  const real = tf.cast(tf.less(tf.mod(sorted, tf.scalar(count + 1, "int32")), tf.scalar(count, "int32")), "int32");
  const number = tf.mul(tf.add(order, tf.scalar(1, "int32")), real);
  const pairOfSlot = sumRows(number, slot, tiles * tile) as Tensor1D;
  const query = tf.floorDiv(
    tf.maximum(tf.sub(pairOfSlot, tf.scalar(1, "int32")), tf.scalar(0, "int32")),
    tf.scalar(most, "int32"),
  );
  // Each tile's block comes with its first pair; all other pairs go to a tile that is cut off.
  const begins = tf.cast(tf.equal(tf.mod(rank, size), tf.scalar(0, "int32")), "int32");
  const tileOfPair = tf.add<Tensor1D>(
    tf.mul(begins, tf.floorDiv(slot, size)),
    tf.mul(tf.sub(tf.scalar(1, "int32"), begins), tf.scalar(tiles, "int32")),
  );
  return {
    count: tiles,
    tile,
    queries: query as Tensor1D,
    filled: tf.cast<Tensor>(tf.greater(pairOfSlot, tf.scalar(0, "int32")), "float32") as Tensor1D,
    blocks: tf.slice(sumRows(tf.mul(sorted, begins), tileOfPair, tiles + 1) as Tensor1D, [0], [tiles]),
    slots: sumRows(slot, order, pairs) as Tensor1D,
  };
}

/**
 * Slots of a tile: about as many as a block has queries, so that few are empty and products are not
 * thin.
 */
function tileSize(queriesOfBlock: number): number {
  return Math.min(64, Math.max(4, 2 ** Math.floor(Math.log2(Math.max(queriesOfBlock / 2, 1)))));
}

/** Sums of all before each: [n] int32. */
function cumulateBefore(values: Tensor1D): Tensor1D {
  return tf.cumsum(values, 0, true);
}
