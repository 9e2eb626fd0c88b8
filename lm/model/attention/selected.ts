import * as tf from "@tensorflow/tfjs-core";
import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { sumRows } from "../../../tensor/ops.js";
import { after } from "../../../tensor/trace.js";
import { withGradient } from "../../../tensor/with-gradient.js";
import { masked } from "./dense.js";
import { dispatch, type Dispatch } from "./dispatch.js";
import { blocksBefore, intoBlocksBefore, type LocalBlocks } from "./local-blocks.js";

/**
 * Attention of each token to its window and to the blocks that it selected, in one softmax. Neither
 * the scores nor their shares are kept: the backward pass recomputes them from the logarithm of
 * each query's sum (Dao et al. 2022, FlashAttention). Long rows are computed in chunks of queries,
 * one after another.
 */

/** Pairs of query and block of one chunk. */
const chunkPairs = 2 ** 19;

/** Queries of one row in one chunk. */
const chunkQueries = 2 ** 14;

/** The inputs of the attention of one chunk's queries. */
interface Chunk {
  /** First and one past the last block of queries of {@link LocalBlocks}. */
  from: number;
  to: number;
  dispatch: Dispatch;
}

/**
 * @param q [streams, length, group · headDim], scaled; @param k, v [streams, length, headDim];
 *   length = window.count · window.size
 * @param keyBlocks, valueBlocks [streams, blocks, size, headDim]
 * @param selected [streams, length, most] int32, `blocks` for none; no block that the window
 *   reaches into
 * @returns [streams, length, group · headDim]
 */
export function selectedAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  keyBlocks: Tensor,
  valueBlocks: Tensor,
  selected: Tensor,
  window: LocalBlocks,
): Tensor {
  const [streams, length, width] = q.shape as [number, number, number];
  const headDim = k.shape[2]!;
  const chunks = splitChunks(selected, keyBlocks.shape[1]!, window);
  const attended = withGradient(
    { q, k, v, keyBlocks, valueBlocks },
    (inputs) => {
      const given = { ...inputs, selected, mask: window.mask };
      const parts: Tensor[] = [];
      for (const chunk of chunks) {
        const before = parts.at(-1);
        const late = { ...given, q: before ? after(given.q, before) : given.q };
        parts.push(tf.tidy(() => forward(late, window, chunk)));
      }
      const value = tf.concat(parts, 1);
      const [attended, logSums] = tf.split(value, [width, width / headDim], 2) as [Tensor, Tensor];
      return { value: attended, saved: { given, attended, logSums, chunks } };
    },
    (dy, { given, attended, logSums, chunks }) =>
      gradients(given, { dy, logSums, projections: projectGradient(attended, dy, headDim) }, window, chunks),
  );
  return tf.reshape(attended, [streams, length, width]);
}

/** The tensors that have a gradient. */
interface Inputs {
  q: Tensor;
  k: Tensor;
  v: Tensor;
  keyBlocks: Tensor;
  valueBlocks: Tensor;
}

interface Given extends Inputs {
  selected: Tensor;
  mask: Tensor;
}

/** The part of the forward pass's result that the backward pass needs. */
interface Result {
  dy: Tensor;
  /** Logarithm of each query head's sum of exponentials, [streams, length, group]. */
  logSums: Tensor;
  /** Σ dy · attended of each query head, [streams, length, group]. */
  projections: Tensor;
}

function splitChunks(selected: Tensor, blocks: number, { size, count }: LocalBlocks): Chunk[] {
  const [streams, , most] = selected.shape as [number, number, number];
  const queries = Math.min(chunkPairs / (streams * most), chunkQueries);
  const each = Math.max(1, Math.min(count, Math.floor(queries / size)));
  return Array.from({ length: Math.ceil(count / each) }, (_, i) => {
    const [from, to] = [i * each, Math.min((i + 1) * each, count)];
    const part = tf.slice(selected, [0, from * size, 0], [streams, (to - from) * size, most]);
    return { from, to, dispatch: dispatch(part, blocks) };
  });
}

function projectGradient(attended: Tensor, dy: Tensor, headDim: number): Tensor {
  const [streams, length, width] = dy.shape as [number, number, number];
  const product = tf.reshape(tf.mul(attended, dy), [streams, length, width / headDim, headDim]);
  return tf.sum(product, 3);
}

/** The part of [streams, length, width] that belongs to a chunk's queries. */
function ofChunk(x: Tensor, { from, to }: Chunk, { size }: LocalBlocks): Tensor {
  const [streams, , width] = x.shape as [number, number, number];
  return tf.slice(x, [0, from * size, 0], [streams, (to - from) * size, width]);
}

/**
 * Keys of the window of each block of queries of a chunk: [streams, blocks, keys, headDim] of k
 * [streams, length, headDim].
 */
function windowKeys(k: Tensor, { from, to }: Chunk, window: LocalBlocks): Tensor {
  const [streams, , headDim] = k.shape as [number, number, number];
  const inBlocks = tf.reshape(k, [streams, window.count, window.size, headDim]);
  return blocksBefore(inBlocks, { ...window, from, to });
}

/** Scores with the window's keys, masked: [streams, blocks, size · group, keys]. */
function windowScores(queries: Tensor, keys: Tensor, mask: Tensor, { from, to }: Chunk, { size }: LocalBlocks): Tensor {
  const [streams, blocks, queryRows, keyCount] = [...queries.shape.slice(0, 3), keys.shape[2]!] as [
    number,
    number,
    number,
    number,
  ];
  const rows = mask.shape[0];
  const scores = tf.reshape(tf.matMul(queries, keys, false, true), [
    rows,
    streams / rows,
    blocks * size,
    queryRows / size,
    keyCount,
  ]);
  const part = tf.slice(mask, [0, 0, from, 0, 0, 0], [rows, 1, to - from, 1, size, keyCount]);
  const masks = tf.reshape(part, [rows, 1, blocks * size, 1, keyCount]);
  return tf.reshape(tf.add(scores, masks), [streams, blocks, queryRows, keyCount]);
}

/** Queries (or their gradients) in blocks: [streams, blocks, size · group, headDim]. */
function inBlocks(x: Tensor, { from, to }: Chunk, { size }: LocalBlocks, headDim: number): Tensor {
  const [streams, , width] = x.shape as [number, number, number];
  return tf.reshape(x, [streams, to - from, (size * width) / headDim, headDim]);
}

/**
 * Vectors of the queries in a dispatch's slots, [tiles, tile · group, headDim], of x [streams,
 * queries, group · headDim].
 */
function inTiles(x: Tensor, { count, tile, queries }: Dispatch, headDim: number): Tensor {
  const [streams, length, width] = x.shape as [number, number, number];
  const picked = tf.gather(tf.reshape(x, [streams * length, width]), queries);
  return tf.reshape(picked, [count, (tile * width) / headDim, headDim]);
}

/**
 * Blocks with one more in each stream, all zeros, as rows of a table: [streams · (blocks + 1), size
 * · headDim].
 */
function blockTable(blocks: Tensor): Tensor {
  const [streams, count, size, headDim] = blocks.shape as [number, number, number, number];
  const filled = tf.pad(tf.reshape(blocks, [streams, count, size * headDim]), [[0, 0], [0, 1], [0, 0]]); // prettier-ignore
  return tf.reshape(filled, [streams * (count + 1), size * headDim]);
}

function blocksOfTiles(table: Tensor, { count, blocks }: Dispatch, headDim: number): Tensor {
  return tf.reshape(tf.gather(table, blocks), [count, table.shape[1]! / headDim, headDim]);
}

/**
 * The slots' values, returned to the pairs: [streams, queries, most, width] of x [slots, width].
 */
function ofPairs(x: Tensor, slots: Tensor1D, streams: number, most: number): Tensor {
  const width = x.shape[1]!;
  return tf.reshape(tf.gather(x, slots), [streams, slots.shape[0] / streams / most, most, width]);
}

/**
 * Attended values and, behind them, the logarithms of the sums: [streams, queries, group ·
 * headDim + group].
 */
function forward(given: Given, window: LocalBlocks, chunk: Chunk): Tensor {
  const { q, k, v, keyBlocks, valueBlocks, selected, mask } = given;
  const headDim = k.shape[2]!;
  const [streams, , width] = q.shape as [number, number, number];
  const [group, most] = [width / headDim, selected.shape[2]!];
  const queries = ofChunk(q, chunk, window);
  const length = queries.shape[1]!;
  const near = softmaxParts(
    windowScores(inBlocks(queries, chunk, window, headDim), windowKeys(k, chunk, window), mask, chunk, window),
    windowKeys(v, chunk, window),
  );
  const nearHeads = (x: Tensor): Tensor =>
    tf.reshape(x, [streams, length, 1, group, x.size / (streams * length * group)]);
  const { dispatch } = chunk;
  const keys = blocksOfTiles(blockTable(keyBlocks), dispatch, headDim);
  const values = blocksOfTiles(blockTable(valueBlocks), dispatch, headDim);
  const far = softmaxParts(tf.matMul(inTiles(queries, dispatch, headDim), keys, false, true), values);
  const farHeads = (x: Tensor): Tensor => {
    const slots = dispatch.count * dispatch.tile;
    const pairs = ofPairs(tf.reshape(x, [slots, x.size / slots]), dispatch.slots, streams, most);
    return tf.reshape(pairs, [streams, length, most, group, pairs.shape[3]! / group]);
  };
  const none = tf.cast(tf.equal(ofChunk(selected, chunk, window), tf.scalar(keyBlocks.shape[1]!, "int32")), "float32");
  const absent = tf.reshape(tf.mul(none, masked), [streams, length, most, 1, 1]);
  const highest = tf.concat([nearHeads(near.highest), tf.add(farHeads(far.highest), absent)], 2);
  const top = tf.max(highest, 2, true);
  const scales = tf.exp(tf.sub(highest, top));
  const [nearScale, farScale] = tf.split(scales, [1, most], 2) as [Tensor, Tensor];
  const joined = (near: Tensor, far: Tensor): Tensor =>
    tf.add(tf.mul(nearHeads(near), nearScale), tf.sum(tf.mul(farHeads(far), farScale), 2, true));
  const total = joined(near.total, far.total);
  const attended = tf.div(joined(near.attended, far.attended), total);
  const logSums = tf.add(tf.log(total), top);
  return tf.concat([tf.reshape(attended, [streams, length, width]), tf.reshape(logSums, [streams, length, group])], 2);
}

/**
 * The parts of a softmax over the last axis: highest score, sum of exponentials below it, and
 * values weighted by these.
 */
function softmaxParts(scores: Tensor, values: Tensor): { highest: Tensor; total: Tensor; attended: Tensor } {
  const highest = tf.max(scores, -1, true);
  const exponentials = tf.exp(tf.sub(scores, highest));
  return { highest, total: tf.sum(exponentials, -1, true), attended: tf.matMul(exponentials, values) };
}

function gradients(given: Given, result: Result, window: LocalBlocks, chunks: Chunk[]): Inputs {
  const ofQueries: Tensor[] = [];
  const sums = [given.k, given.v, given.keyBlocks, given.valueBlocks].map((x) => tf.zerosLike(x));
  for (const chunk of chunks) {
    const before = ofQueries.at(-1);
    const q = before ? after(given.q, before) : given.q;
    const [dq, ...rest] = tf.tidy((): [Tensor, ...Tensor[]] => {
      const near = nearGradients({ ...given, q }, result, window, chunk);
      const far = farGradients({ ...given, q: after(q, near[0]!) }, result, window, chunk);
      return [tf.add(near[0]!, far[0]!), near[1]!, near[2]!, far[1]!, far[2]!];
    });
    ofQueries.push(dq);
    rest.forEach((gradient, i) => (sums[i] = tf.add(sums[i]!, gradient)));
  }
  const [k, v, keyBlocks, valueBlocks] = sums as [Tensor, Tensor, Tensor, Tensor];
  return { q: tf.concat(ofQueries, 1), k, v, keyBlocks, valueBlocks };
}

/** dq of the chunk's queries, dk, dv, as far as the window goes. */
function nearGradients(
  { q, k, v, mask }: Given,
  { dy, logSums, projections }: Result,
  window: LocalBlocks,
  chunk: Chunk,
): Tensor[] {
  const headDim = k.shape[2]!;
  const part = (x: Tensor, width: number): Tensor => inBlocks(ofChunk(x, chunk, window), chunk, window, width);
  const queries = part(q, headDim);
  const d = part(dy, headDim);
  const [keys, values] = [windowKeys(k, chunk, window), windowKeys(v, chunk, window)];
  const p = tf.exp(tf.sub(windowScores(queries, keys, mask, chunk, window), part(logSums, 1)));
  const ds = tf.mul(p, tf.sub(tf.matMul(d, values, false, true), part(projections, 1)));
  const dq = tf.reshape(tf.matMul(ds, keys), ofChunk(q, chunk, window).shape);
  const back = (x: Tensor): Tensor => tf.reshape(intoBlocksBefore(x, { ...window, ...chunk }), k.shape);
  return [dq, back(tf.matMul(ds, queries, true, false)), back(tf.matMul(p, d, true, false))];
}

/** dq of the chunk's queries, dKeyBlocks, dValueBlocks. */
function farGradients(
  { q, k, keyBlocks, valueBlocks, selected }: Given,
  { dy, logSums, projections }: Result,
  window: LocalBlocks,
  chunk: Chunk,
): Tensor[] {
  const headDim = k.shape[2]!;
  const { dispatch } = chunk;
  const part = (x: Tensor, width: number): Tensor => inTiles(ofChunk(x, chunk, window), dispatch, width);
  const queries = part(q, headDim);
  const d = part(dy, headDim);
  const keys = blocksOfTiles(blockTable(keyBlocks), dispatch, headDim);
  const values = blocksOfTiles(blockTable(valueBlocks), dispatch, headDim);
  const group = q.shape[2]! / headDim;
  const empty = tf.reshape(tf.tile(tf.reshape(tf.sub(dispatch.filled, 1), [-1, 1]), [1, group]), [
    dispatch.count,
    -1,
    1,
  ]);
  // An empty slot would add e^−1e9 = 0.
  const p = tf.exp(tf.add(tf.sub(tf.matMul(queries, keys, false, true), part(logSums, 1)), tf.mul(empty, -masked)));
  const ds = tf.mul(p, tf.sub(tf.matMul(d, values, false, true), part(projections, 1)));
  const [streams, most] = [q.shape[0], selected.shape[2]!];
  const dSlots = tf.reshape(tf.matMul(ds, keys), [dispatch.count * dispatch.tile, q.shape[2]!]);
  // The block that stands for none has keys of zeros, and so gives no gradient to q.
  const dq = tf.sum(ofPairs(dSlots, dispatch.slots, streams, most), 2);
  const back = (x: Tensor, blocks: Tensor): Tensor => {
    const [, count, size] = blocks.shape as [number, number, number];
    const summed = sumRows(tf.reshape(x, [dispatch.count, size * headDim]), dispatch.blocks, streams * (count + 1));
    const all = tf.reshape(summed, [streams, count + 1, size, headDim]);
    return tf.slice(all, [0, 0, 0, 0], [streams, count, size, headDim]);
  };
  return [dq, back(tf.matMul(ds, queries, true, false), keyBlocks), back(tf.matMul(p, d, true, false), valueBlocks)];
}
