import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { masked } from "./dense.js";

/** A row cut into blocks of queries. */
export interface BlockGrid {
  /** Tokens of a block. */
  size: number;
  /** Blocks in a row, the last filled up. */
  count: number;
  /** Blocks before a block that its window reaches into. */
  reach: number;
}

/** A window's blocks, and the keys that each query sees. */
export interface LocalBlocks extends BlockGrid {
  /**
   * Additive, [rows, 1, count, 1, size, keys]; the window's keys, (reach + 1) · size, are the last.
   */
  mask: Tensor;
}

/** Tokens of a block: with half a window, less than a third of the keys is seen by no query. */
function blockSize(window: number, length: number): number {
  const half = 2 ** Math.floor(Math.log2(Math.max(window / 2, 1)));
  return Math.min(Math.max(half, 16), 64, length);
}

/**
 * The reach of a window.
 * @param segments, positions [rows, length] int32
 * @param window its size, tokens
 */
export function windowBlocks(segments: Tensor, positions: Tensor, window: number) {
  const [rows, length] = segments.shape as [number, number];
  const size = blockSize(window, length);
  const count = Math.ceil(length / size);
  const blocks = { size, count, reach: Math.min(Math.ceil((window - 1) / size), count - 1) };
  const inBlocks = (values: Tensor): Tensor => {
    const filled = tf.pad(tf.cast(values, "float32"), [[0, 0], [0, size * count - length]]); // prettier-ignore
    return tf.reshape(filled, [rows, count, size]);
  };
  const segment = inBlocks(segments);
  const position = inBlocks(positions);
  const offsets = offsetsTo(blocks);
  return {
    blocks,
    /** Of each token, [rows, count, size]. */
    segment,
    position,
    /**
     * Whether query and key are of one document, [rows, count, size, keys]. No segment has number
     * −1: no query sees keys before the first block.
     */
    same: tf.equal(tf.expandDims(segment, 3), tf.expandDims(blocksBefore(segment, blocks, -1), 2)),
    /** Position of each block's keys, [rows, count, 1, keys]. */
    keyPosition: (): Tensor => tf.expandDims(blocksBefore(position, blocks), 2),
    /** Whether the key is the query or one of the `limit` − 1 before it, [1, 1, size, keys]. */
    within: (limit: number): Tensor =>
      tf.tensor(
        offsets.map((offset) => Number(offset >= 0 && offset < limit)),
        [1, 1, size, (blocks.reach + 1) * size],
        "bool",
      ),
  };
}

/**
 * For each query and key of a block's keys, the distance of the key before the query, row-major
 * [size, (reach + 1) · size].
 */
function offsetsTo({ size, reach }: BlockGrid): number[] {
  const keys = (reach + 1) * size;
  return Array.from({ length: size * keys }, (_, i) => reach * size + Math.floor(i / keys) - (i % keys));
}

/** @param seen bool [rows, count, size, keys] */
export function additive(seen: Tensor): Tensor {
  const [rows, count, size, keys] = seen.shape as [number, number, number, number];
  return tf.reshape(tf.mul(tf.sub(1, tf.cast(seen, "float32")), masked), [rows, 1, count, 1, size, keys]);
}

/** Some of the blocks of queries; default: all. */
type Part = BlockGrid & { from?: number; to?: number };

/**
 * For each block of queries, the values of the blocks before it and its own.
 * @param values [streams, count, size, ...]
 * @param filler the value before the first block
 * @returns [streams, to − from, (reach + 1) · size, ...]
 */
export function blocksBefore(values: Tensor, part: Part, filler = 0): Tensor {
  const { reach, count, from = 0, to = count } = part;
  const [streams, , size, ...trailing] = values.shape as [number, number, number, ...number[]];
  const rest = trailing.map(() => 0);
  const first = Math.max(from - reach, 0);
  const needed = tf.slice(values, [0, first, 0, ...rest], [streams, to - first, size, ...trailing]);
  const none = trailing.map(() => [0, 0] as [number, number]);
  const padded = tf.pad(needed, [[0, 0], [reach - (from - first), 0], [0, 0], ...none], filler);
  const shifts = Array.from({ length: reach + 1 }, (_, shift) =>
    tf.slice(padded, [0, shift, 0, ...rest], [streams, to - from, size, ...trailing]),
  );
  return tf.concat(shifts, 2);
}

/**
 * The gradient of {@link blocksBefore}: for each block, the sum of the gradients of the blocks that
 * see it.
 * @param values [streams, to − from, (reach + 1) · size, width]
 * @returns [streams, count, size, width]
 */
export function intoBlocksBefore(values: Tensor, part: Part): Tensor {
  const { size, reach, count, from = 0, to = count } = part;
  const [streams, , , width] = values.shape as [number, number, number, number];
  const shifts = Array.from({ length: reach + 1 }, (_, shift) => {
    const own = tf.slice(values, [0, 0, shift * size, 0], [streams, to - from, size, width]);
    return tf.pad(own, [[0, 0], [shift, reach - shift], [0, 0], [0, 0]]); // prettier-ignore
  });
  // [streams, reach + to − from, size, width], beginning `reach` blocks before `from`
  const sum = shifts.reduce((a, b) => tf.add(a, b));
  const first = Math.max(from - reach, 0);
  const real = tf.slice(sum, [0, reach - (from - first), 0, 0], [streams, to - first, size, width]);
  return tf.pad(real, [[0, 0], [first, count - to], [0, 0], [0, 0]]); // prettier-ignore
}
