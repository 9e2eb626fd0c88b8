import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { after } from "../../../tensor/trace.js";
import { withGradient } from "../../../tensor/with-gradient.js";
import { masked } from "./dense.js";
import type { DocumentBlocks } from "./document-blocks.js";

/** The data of the compressed branch and the selection that the layers of one step share. */
export interface BlockSight {
  blocks: DocumentBlocks;
  /** Segment of each token, [rows, length]. */
  segments: Tensor;
  /**
   * The position where each token's window begins: it may select blocks of its document that begin
   * before this position, [rows, length].
   */
  windowStarts: Tensor;
}

/** The part of it that says which blocks a token sees. */
type Visibility = Omit<BlockSight, "blocks"> & { blocks: Pick<DocumentBlocks, "segments" | "positions"> };

/** Floats of the scores of one chunk of queries. */
const chunkFloats = 2 ** 22;

/**
 * Attention to one key and one value per block, and the blocks that it rates most important (Yuan
 * et al. 2025, Native Sparse Attention, sections 3.3.1 and 3.3.2: the importance of a block is the
 * sum of its shares over the group's query heads). The softmax has one share more that goes
 * nowhere, so that a token without blocks gets zero. Computed in chunks of queries, each against
 * the blocks that can be before it; the backward pass recomputes the shares.
 * @param q [streams, length, group · headDim], scaled
 * @param keys, values [streams, count, headDim], of blocks
 * @returns attended [streams, length, group · headDim]; selected [streams, length, most] int32,
 *   `count` for none
 */
export function compressedAttention(
  q: Tensor,
  keys: Tensor,
  values: Tensor,
  sight: BlockSight,
  most: number,
): { attended: Tensor; selected: Tensor } {
  const [streams, length, width] = q.shape as [number, number, number];
  const chunks = splitChunks(q, keys, sight.blocks.size);
  const { segments, positions } = sight.blocks;
  const visibility = { ...sight, blocks: { segments, positions } };
  const both = withGradient(
    { q, keys, values },
    ({ q, keys, values }) => {
      const parts: Tensor[] = [];
      for (const chunk of chunks) {
        const before = parts.at(-1);
        parts.push(tf.tidy(() => attendToBlocks(before ? after(q, before) : q, keys, values, { sight, chunk, most })));
      }
      return { value: tf.concat(parts, 1), saved: { q, keys, values, visibility } };
    },
    (dy, { q, keys, values, visibility }) =>
      gradients(q, keys, values, tf.slice(dy, [0, 0, 0], [streams, length, width]), visibility, chunks),
  );
  const selected = tf.cast(tf.slice(both, [0, 0, width], [streams, length, most]), "int32");
  return { attended: tf.slice(both, [0, 0, 0], [streams, length, width]), selected };
}

/** Queries `from` … `to`, and the maximum number of complete blocks before the last of them. */
interface Chunk {
  from: number;
  to: number;
  blocks: number;
}

function splitChunks(q: Tensor, keys: Tensor, blockSize: number): Chunk[] {
  const [streams, length, width] = q.shape as [number, number, number];
  const [, count, headDim] = keys.shape as [number, number, number];
  const perQuery = streams * (width / headDim) * Math.max(count, 1);
  // At least four chunks: in a row of one chunk, half the scores are of blocks after the query.
  const size = Math.max(1, Math.min(Math.floor(chunkFloats / perQuery), Math.ceil(length / 4)));
  return Array.from({ length: Math.ceil(length / size) }, (_, i) => {
    const to = Math.min((i + 1) * size, length);
    return { from: i * size, to, blocks: Math.min(count, Math.floor((to - 1) / blockSize)) };
  });
}

/** The queries of a chunk, [streams, queries · group, headDim]. */
function chunkQueries(q: Tensor, { from, to }: Chunk, headDim: number): Tensor {
  const [streams, , width] = q.shape as [number, number, number];
  const part = tf.slice(q, [0, from, 0], [streams, to - from, width]);
  return tf.reshape(part, [streams, ((to - from) * width) / headDim, headDim]);
}

/** The first blocks of [streams, count, headDim]. */
function firstBlocks(x: Tensor, { blocks }: Chunk): Tensor {
  return tf.slice(x, [0, 0, 0], [x.shape[0], blocks, x.shape[2]!]);
}

/**
 * Shares of the blocks, [rows, keyValueHeads, queries, group, blocks], and which are visible,
 * [rows, 1, queries, 1, blocks].
 */
function blockShares(queries: Tensor, keys: Tensor, { blocks, segments, windowStarts }: Visibility, chunk: Chunk) {
  const rows = segments.shape[0];
  const count = chunk.to - chunk.from;
  const ofQueries = (x: Tensor): Tensor =>
    tf.reshape(tf.slice(x, [0, chunk.from], [rows, count]), [rows, 1, count, 1, 1]);
  const ofBlocks = (x: Tensor): Tensor =>
    tf.reshape(tf.slice(x, [0, 0], [rows, chunk.blocks]), [rows, 1, 1, 1, chunk.blocks]);
  const sameDocument = tf.equal(ofBlocks(blocks.segments), ofQueries(segments));
  const visible = tf.cast(
    tf.logicalAnd(sameDocument, tf.less(ofBlocks(blocks.positions), ofQueries(windowStarts))),
    "float32",
  );
  const [streams, queryRows] = queries.shape as [number, number];
  const scores = tf.reshape(tf.matMul(queries, keys, false, true), [
    rows,
    streams / rows,
    count,
    queryRows / count,
    chunk.blocks,
  ]);
  const seen = tf.add(scores, tf.mul(tf.sub(1, visible), masked));
  const most = tf.relu(tf.max(seen, -1, true));
  const exponentials = tf.exp(tf.sub(seen, most));
  const total = tf.add(tf.sum(exponentials, -1, true), tf.exp(tf.neg(most)));
  return { shares: tf.div(exponentials, total), visible };
}

/**
 * Attended values and, behind them, the numbers of the selected blocks: [streams, queries, group ·
 * headDim + most].
 */
export function attendToBlocks(
  q: Tensor,
  keys: Tensor,
  values: Tensor,
  { sight, chunk, most }: { sight: BlockSight; chunk: Chunk; most: number },
): Tensor {
  const [streams, , width] = q.shape as [number, number, number];
  const [, count, headDim] = keys.shape as [number, number, number];
  const length = chunk.to - chunk.from;
  if (chunk.blocks === 0)
    return tf.concat([tf.zeros([streams, length, width]), tf.fill([streams, length, most], count)], 2);
  const queries = chunkQueries(q, chunk, headDim);
  const { shares, visible } = blockShares(queries, firstBlocks(keys, chunk), sight, chunk);
  const flat = tf.reshape(shares, [streams, queries.shape[1]!, chunk.blocks]);
  const attended = tf.reshape(tf.matMul(flat, firstBlocks(values, chunk)), [streams, length, width]);
  const importance = tf.sub(tf.add(tf.sum(shares, 3, true), visible), 1);
  const among = Math.min(most, chunk.blocks);
  const best = tf.topk(tf.reshape(importance, [streams, length, chunk.blocks]), among);
  const found = tf.cast(tf.greaterEqual(best.values, 0), "float32");
  const numbers = tf.add(tf.mul(tf.cast(best.indices, "float32"), found), tf.mul(tf.sub(1, found), count));
  const none = most === among ? [] : [tf.fill([streams, length, most - among], count)];
  return tf.concat([attended, numbers, ...none], 2);
}

/** The gradients from that of the attended values. */
function gradients(q: Tensor, keys: Tensor, values: Tensor, dy: Tensor, visibility: Visibility, chunks: Chunk[]) {
  const [streams, , width] = q.shape as [number, number, number];
  const [, count, headDim] = keys.shape as [number, number, number];
  const ofQueries: Tensor[] = [];
  let [ofKeys, ofValues]: [Tensor, Tensor] = [tf.zerosLike(keys), tf.zerosLike(values)];
  for (const chunk of chunks) {
    if (chunk.blocks === 0) {
      ofQueries.push(tf.zeros([streams, chunk.to - chunk.from, width]));
      continue;
    }
    const [dq, dKeys, dValues] = tf.tidy(() => {
      const queries = chunkQueries(after(q, ofKeys), chunk, headDim);
      const [k, v] = [firstBlocks(keys, chunk), firstBlocks(values, chunk)];
      const { shares } = blockShares(queries, k, visibility, chunk);
      const p = tf.reshape(shares, [streams, queries.shape[1]!, chunk.blocks]);
      const d = chunkQueries(dy, chunk, headDim);
      const dp = tf.matMul(d, v, false, true);
      const ds = tf.mul(p, tf.sub(dp, tf.sum(tf.mul(p, dp), -1, true)));
      const all = (x: Tensor): Tensor => tf.pad(x, [[0, 0], [0, count - chunk.blocks], [0, 0]]); // prettier-ignore
      return [
        tf.reshape(tf.matMul(ds, k), [streams, chunk.to - chunk.from, width]),
        tf.add(ofKeys, all(tf.matMul(ds, queries, true, false))),
        tf.add(ofValues, all(tf.matMul(p, d, true, false))),
      ] as [Tensor, Tensor, Tensor];
    });
    ofQueries.push(dq);
    [ofKeys, ofValues] = [dKeys, dValues];
  }
  return { q: tf.concat(ofQueries, 1), keys: ofKeys, values: ofValues };
}
