import * as tf from "@tensorflow/tfjs-core";
import type { Rank, Tensor } from "@tensorflow/tfjs-core";
import { withGradient } from "../../../tensor/with-gradient.js";
import { sumRows } from "../../../tensor/ops.js";

/**
 * The complete blocks of a row's documents. A document is cut into blocks from its first token on;
 * the rest at its end is not a block. Blocks are numbered through a row, in their order; a row of
 * `length` tokens has `count` places for them.
 */
export interface DocumentBlocks {
  size: number;
  count: number;
  /**
   * Index of each block's tokens in its row, [rows, count · size] int32; any value if there is no
   * block.
   */
  tokens: Tensor;
  /**
   * Place of each token among the blocks' tokens, [rows, length] int32; count · size if it is in
   * none.
   */
  places: Tensor;
  /** Segment of each block, [rows, count]; −1 if there is none. */
  segments: Tensor;
  /** Position of each block's first token in its document, [rows, count]. */
  positions: Tensor;
}

/** @param segment, position [rows, length] float32, whole numbers */
export function documentBlocks(size: number, segment: Tensor, position: Tensor): DocumentBlocks {
  const [rows, length] = segment.shape as [number, number];
  const count = Math.floor(length / size);
  const inBlock = tf.mod(position, size);
  const ends = tf.cast(tf.equal(inBlock, size - 1), "float32");
  const index = tf.reshape(tf.range(0, length), [1, length]);
  const before = tf.sub(tf.cumsum(ends, 1), ends);
  const number = tf.minimum(before, count);
  // Tokens that end no block are put together at number `count`, with index 0.
  const ids = tf.add(tf.mul(ends, number), tf.mul(tf.sub(1, ends), count));
  const lasts = perRow(tf.mul(index, ends), ids, count + 1);
  const exists = tf.greater(perRow(ends, ids, count + 1), 0);
  const ownEnd = tf.add(tf.sub(index, inBlock), size - 1);
  const complete = tf.cast(tf.equal(pick(lasts, number), ownEnd), "float32");
  const place = tf.add(tf.mul(number, size), inBlock);
  const real = <T extends Tensor>(x: T): Tensor => tf.slice(x, [0, 0], [rows, count]);
  const lastReal = real(lasts);
  const tokens = tf.add(
    tf.expandDims(tf.relu(tf.sub(lastReal, size - 1)), 2),
    tf.reshape(tf.range(0, size), [1, 1, size]),
  );
  const there = tf.cast(real(exists), "float32");
  return {
    size,
    count,
    tokens: tf.cast(tf.reshape(tokens, [rows, count * size]), "int32"),
    places: tf.cast(tf.add(tf.mul(complete, place), tf.mul(tf.sub(1, complete), count * size)), "int32"),
    segments: tf.sub(tf.mul(tf.add(pick(segment, lastReal), 1), there), 1),
    positions: tf.sub(pick(position, lastReal), size - 1),
  };
}

/** Sums of values by id in each row: values, ids [rows, n] -> [rows, count]. */
function perRow(values: Tensor, ids: Tensor, count: number): Tensor {
  const [rows, n] = values.shape as [number, number];
  const flat = tf.cast(tf.reshape<Rank.R1>(tf.add(ids, rowStarts(rows, count)), [rows * n]), "int32");
  return tf.reshape(sumRows(tf.reshape(values, [rows * n]), flat, rows * count), [rows, count]);
}

/** Of each row the values at places: values [rows, n], places [rows, m] -> [rows, m]. */
function pick(values: Tensor, places: Tensor): Tensor {
  const [rows, n] = values.shape as [number, number];
  const m = places.shape[1]!;
  const flat = tf.cast(tf.reshape<Rank.R1>(tf.add(places, rowStarts(rows, n)), [rows * m]), "int32");
  return tf.reshape(tf.gather(tf.reshape(values, [rows * n]), flat), [rows, m]);
}

function rowStarts(rows: number, length: number): Tensor {
  return tf.reshape(tf.range(0, rows * length, length), [rows, 1]);
}

/**
 * Values of tokens as values of blocks. The gradient picks, too: each token is in one block or in
 * none.
 * @param x [streams, length, width]; streams are rows · keyValueHeads
 * @returns [streams, count, size, width]
 */
export function inDocumentBlocks(x: Tensor, { size, count, tokens, places }: DocumentBlocks): Tensor {
  const [streams, , width] = x.shape as [number, number, number];
  return withGradient(
    { x },
    ({ x }) => ({ value: tf.reshape(pickStreams(x, tokens), [streams, count, size, width]), saved: places }),
    (dy, places) => {
      const flat = tf.reshape(dy, [streams, count * size, width]);
      return { x: pickStreams(tf.pad(flat, [[0, 0], [0, 1], [0, 0]]), places) }; // prettier-ignore
    },
  );
}

/**
 * Of each stream the vectors at its row's places: x [streams, n, width], places [rows, m] int32 ->
 * [streams, m, width].
 */
export function pickStreams(x: Tensor, places: Tensor): Tensor {
  const [streams, n, width] = x.shape as [number, number, number];
  const [rows, m] = places.shape as [number, number];
  const starts = tf.reshape(tf.range(0, streams * n, n, "int32"), [rows, streams / rows, 1]);
  const flat = tf.reshape<Rank.R1>(tf.add(tf.expandDims(places, 1), starts), [streams * m]);
  return tf.reshape(tf.gather(tf.reshape(x, [streams * n, width]), flat), [streams, m, width]);
}
