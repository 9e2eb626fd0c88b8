import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { zeros } from "../../../tensor/host-tensor.js";
import type { HostTensors, Tensors, Update } from "../../../tensor/program.js";
import type { Architecture } from "../architecture.js";
import type { Attention } from "./attention.js";
import { attendToBlocks, type BlockSight } from "./compressed.js";
import { masked } from "./dense.js";
import { pickStreams } from "./document-blocks.js";
import {
  cacheName,
  firstPositions,
  gatherPast,
  cacheIndices,
  capacityFor,
  cacheValues,
  type CacheKind,
  type CacheSize,
  type KvCache,
  type KvCacheStep,
  type NewTokens,
} from "./kv-cache.js";
import { sparseInputs } from "./packed.js";
import type { SparseSettings } from "./settings.js";
import { blockMeans, openGate, windowStarts } from "./sparse.js";
import { fromStreams, toStreams } from "./streams.js";

interface Layout {
  /** Of the cache. */
  name: string;
  a: Architecture;
  settings: SparseSettings;
  /** Of tokens, with the spare one, which is the last. */
  capacity: number;
  /** Whole blocks that a row can hold; a spare one follows them. */
  blocks: number;
}

/**
 * The cache of sparse attention: for each layer keys and values of every token, [rows,
 * keyValueHeads, capacity, headDim], the scores that a block's means are made with (`pool`), and
 * the one key and value of each block, [rows, keyValueHeads, blocks + 1, headDim]. A cache position
 * is its token's position.
 */
export class SparseCache implements KvCache {
  readonly #layout: Layout;

  constructor(
    a: Architecture,
    settings: SparseSettings,
    private readonly size: CacheSize,
  ) {
    const capacity = capacityFor(size.tokens);
    this.#layout = { name: size.name, a, settings, capacity, blocks: Math.floor((capacity - 1) / settings.blockSize) };
  }

  get capacity(): number {
    return this.#layout.capacity - 1;
  }

  holds(): boolean {
    return true;
  }

  state(): HostTensors {
    const { a, capacity, blocks } = this.#layout;
    const state: HostTensors = {};
    const add = (kind: CacheKind, layer: number, count: number, width: number): void => {
      state[cacheName(this.size.name, kind, layer)] = zeros([this.size.rows, a.keyValueHeads, count, width]);
    };
    for (let layer = 0; layer < a.layers; layer++) {
      for (const kind of ["keys", "values"] as const) add(kind, layer, capacity, a.headDim);
      add("pool", layer, capacity, 1);
      for (const kind of ["blockKeys", "blockValues"] as const) add(kind, layer, blocks + 1, a.headDim);
    }
    return state;
  }

  step(state: Tensors, tokens: NewTokens): KvCacheStep {
    return new Step(this.#layout, state, tokens);
  }
}

/**
 * Some of the tokens that queries read: their cache positions [lanes or streams, length, n] int32,
 * and which are not to be seen.
 */
interface Part {
  cachePositions: Tensor;
  hidden: Tensor;
}

/**
 * The vectors of one kind of a layer: those that are kept, [lanes, heads, capacity, width], and the
 * new ones.
 */
interface Vectors {
  past: Tensor;
  /** [lanes, heads, length, width] */
  fresh: Tensor;
}

class Step implements KvCacheStep {
  readonly #fresh: Partial<Record<CacheKind, Tensors>> = {};
  /** Position of each lane's first new token, [lanes, 1]. */
  readonly #first: Tensor;
  /** Where the window of each token begins, [lanes, length]. */
  readonly #starts: Tensor;
  /**
   * Blocks that a lane's new tokens are in, [lanes, touched] int32; the spare one's number for
   * none.
   */
  readonly #touched: Tensor;

  constructor(
    private readonly layout: Layout,
    private readonly state: Tensors,
    private readonly tokens: NewTokens,
  ) {
    const { settings, blocks } = layout;
    const { positions } = tokens;
    const length = positions.shape[1]!;
    this.#first = firstPositions(positions);
    this.#starts = windowStarts(settings, tf.cast(positions, "float32"));
    const most = Math.min(blocks, Math.floor((length - 1) / settings.blockSize) + 2);
    const zero = tf.scalar(0, "int32");
    const begin = tf.floorDiv(tf.maximum(this.#first, zero), tf.scalar(settings.blockSize, "int32"));
    const numbers = tf.add(begin, tf.range(0, most, 1, "int32"));
    const spare = tf.scalar(blocks, "int32");
    const some = tf.greaterEqual(tf.broadcastTo(this.#first, numbers.shape), zero);
    this.#touched = tf.where(some, tf.minimum(numbers, spare), tf.fill(numbers.shape, blocks, "int32"));
  }

  readonly attention: Attention = (q, k, v, layer, normed) => {
    const { a, settings, blocks } = this.layout;
    const { pool, gate } = sparseInputs(a, this.state, layer, normed, q.shape);
    const [lanes, length, heads, headDim] = q.shape as [number, number, number, number];
    const keys = this.#append("keys", layer, k);
    const values = this.#append("values", layer, v);
    const scores = this.#append("pool", layer, tf.expandDims(pool, 3));
    const queries = toStreams(tf.mul(q, 1 / Math.sqrt(headDim)), a.keyValueHeads, length);
    const back = (x: Tensor): Tensor => fromStreams(x, lanes, length, headDim);
    const near = windowPart(settings, this.tokens.positions, this.#starts);
    if (blocks === 0) return back(this.#attendToParts(queries, keys, values, [near]));
    const means = this.#means(layer, { keys, values, scores });
    const most = settings.selectedBlocks;
    const both = attendToBlocks(queries, means.keys, means.values, {
      sight: blockSight(settings, this.#starts, blocks),
      chunk: { from: 0, to: length, blocks },
      most,
    });
    const [attended, selected] = tf.split(both, [queries.shape[2]!, most], 2) as [Tensor, Tensor];
    const far = selectedPart(settings, selected, blocks);
    const main = this.#attendToParts(queries, keys, values, [near, far]);
    const open = tf.reshape(openGate(gate), [lanes, length, heads, 1]);
    return tf.add(back(main), tf.mul(back(attended), open));
  };

  updates(): Record<string, Update> {
    const { a, capacity, blocks } = this.layout;
    const { positions, lanes } = this.tokens;
    const spare = tf.scalar(capacity - 1, "int32");
    const real = tf.greaterEqual(positions, tf.scalar(0, "int32"));
    const cachePositions = tf.where(
      real,
      tf.minimum(positions, spare),
      tf.fill(positions.shape, capacity - 1, "int32"),
    );
    const ofTokens = cacheIndices(cachePositions, a.keyValueHeads, lanes, capacity - 1);
    const ofBlocks = cacheIndices(this.#touched, a.keyValueHeads, lanes, blocks);
    const entries = Object.entries(this.#fresh).flatMap(([kind, byName]) => {
      const indices = kind === "blockKeys" || kind === "blockValues" ? ofBlocks : ofTokens;
      return Object.entries(byName).map(([name, fresh]) => [name, { indices, values: cacheValues(fresh, lanes) }]);
    });
    return Object.fromEntries(entries) as Record<string, Update>;
  }

  #remember(kind: CacheKind, layer: number, fresh: Tensor): void {
    (this.#fresh[kind] ??= {})[cacheName(this.layout.name, kind, layer)] = fresh;
  }

  /** @param fresh [lanes, length, keyValueHeads, width] */
  #append(kind: "keys" | "values" | "pool", layer: number, fresh: Tensor): Vectors {
    const turned = tf.transpose(fresh, [0, 2, 1, 3]);
    this.#remember(kind, layer, turned);
    return {
      past: gatherPast(this.state[cacheName(this.layout.name, kind, layer)]!, this.tokens.lanes),
      fresh: turned,
    };
  }

  /**
   * Vectors at places, new ones where the new tokens are.
   * @param places [lanes or streams, n] int32
   * @returns [streams, n, width]
   */
  #read({ past, fresh }: Vectors, places: Tensor): Tensor {
    const streams = (x: Tensor): Tensor => tf.reshape(x, [x.shape[0] * x.shape[1]!, x.shape[2]!, x.shape[3]!]);
    const length = fresh.shape[2]!;
    const heads = past.shape[1]!;
    const n = places.shape[1]!;
    const count = past.shape[0] * heads;
    const first = tf.reshape(this.#first, [-1, 1]);
    const begins = places.shape[0] === count ? tf.reshape(tf.tile(first, [1, heads]), [count, 1]) : first;
    const since = tf.sub(places, begins);
    const isNew = tf.logicalAnd(
      tf.greaterEqual(since, tf.scalar(0, "int32")),
      tf.less(since, tf.scalar(length, "int32")),
    );
    const inside = tf.minimum(tf.maximum(since, tf.scalar(0, "int32")), tf.scalar(length - 1, "int32"));
    // A finished row may count beyond its capacity.
    const kept = pickStreams(streams(past), tf.minimum(places, tf.scalar(past.shape[2]! - 1, "int32")));
    const freshStreams = pickStreams(streams(fresh), inside);
    const lanes = isNew.shape[0];
    const share = tf.reshape(tf.tile(tf.reshape(tf.cast(isNew, "float32"), [lanes, 1, n]), [1, count / lanes, 1]), [
      count,
      n,
      1,
    ]);
    return tf.where(tf.cast(tf.broadcastTo(share, kept.shape), "bool"), freshStreams, kept);
  }

  /**
   * The blocks' keys and values, [streams, blocks, headDim]; those with new tokens are recomputed.
   */
  #means(layer: number, { keys, values, scores }: Record<"keys" | "values" | "scores", Vectors>) {
    const { a, settings, blocks } = this.layout;
    const { blockSize } = settings;
    const [lanes, touched] = this.#touched.shape as [number, number];
    const streams = lanes * a.keyValueHeads;
    const readable = tf.minimum(this.#touched, tf.scalar(blocks - 1, "int32"));
    const begins = tf.expandDims(tf.mul(readable, tf.scalar(blockSize, "int32")), 2);
    const places = tf.reshape(tf.add(begins, tf.range(0, blockSize, 1, "int32")), [lanes, touched * blockSize]);
    const pick = (x: Vectors): Tensor =>
      tf.reshape(this.#read(x, places), [streams, touched, blockSize, x.fresh.shape[3]!]);
    const fresh = blockMeans(pick(scores), pick(keys), pick(values));
    const index = tf.reshape(tf.range(0, blocks, 1, "int32"), [1, blocks, 1]);
    const one = tf.cast(tf.equal(index, tf.expandDims(this.#touched, 1)), "float32");
    const place = tf.reshape(tf.tile(tf.expandDims(one, 1), [1, a.keyValueHeads, 1, 1]), [streams, blocks, touched]);
    const kept = tf.sub(1, tf.sum(place, 2, true));
    const all = (kind: "blockKeys" | "blockValues", mean: Tensor): Tensor => {
      this.#remember(kind, layer, tf.reshape(mean, [lanes, a.keyValueHeads, touched, a.headDim]));
      const past = gatherPast(this.state[cacheName(this.layout.name, kind, layer)]!, this.tokens.lanes);
      const real = tf.slice(
        tf.reshape(past, [streams, blocks + 1, a.headDim]),
        [0, 0, 0],
        [streams, blocks, a.headDim],
      );
      return tf.add(tf.mul(real, kept), tf.matMul(place, mean));
    };
    return { keys: all("blockKeys", fresh.keys), values: all("blockValues", fresh.values) };
  }

  /** One softmax over the tokens of all parts: [streams, length, group · headDim]. */
  #attendToParts(queries: Tensor, keys: Vectors, values: Vectors, parts: readonly Part[]): Tensor {
    const [streams, length, width] = queries.shape as [number, number, number];
    const headDim = keys.fresh.shape[3]!;
    const perStream = (x: Tensor): Tensor => {
      const [lanes, , n] = x.shape as [number, number, number];
      if (lanes === streams) return x;
      return tf.reshape(tf.tile(tf.expandDims(x, 1), [1, streams / lanes, 1, 1]), [streams, length, n]);
    };
    const all = (of: (part: Part) => Tensor): Tensor => tf.concat(parts.map((part) => perStream(of(part))), 2); // prettier-ignore
    const cachePositions = all((part) => part.cachePositions);
    const mask = tf.mul(all((part) => tf.cast(part.hidden, "float32")), masked); // prettier-ignore
    const count = cachePositions.shape[2]!;
    const flat = tf.reshape(cachePositions, [streams, length * count]);
    const read = (x: Vectors): Tensor => tf.reshape(this.#read(x, flat), [streams, length, count, headDim]);
    const heads = tf.reshape(queries, [streams, length, width / headDim, headDim]);
    const scores = tf.add(tf.matMul(heads, read(keys), false, true), tf.expandDims(mask, 2));
    return tf.reshape(tf.matMul(tf.softmax(scores), read(values)), [streams, length, width]);
  }
}

/** One document a row, its blocks in their order. */
function blockSight({ blockSize }: SparseSettings, starts: Tensor, count: number): BlockSight {
  const lanes = starts.shape[0];
  const positions = tf.tile(tf.reshape(tf.range(0, count * blockSize, blockSize), [1, count]), [lanes, 1]);
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

function windowPart({ window, blockSize }: SparseSettings, positions: Tensor, starts: Tensor): Part {
  const longest = window + blockSize - 1;
  const before = tf.range(1 - longest, 1, 1, "int32");
  const cachePositions = tf.add(tf.expandDims(positions, 2), tf.reshape(before, [1, 1, longest]));
  const hidden = tf.logicalOr(
    tf.less(tf.cast(cachePositions, "float32"), tf.expandDims(starts, 2)),
    tf.less(cachePositions, tf.scalar(0, "int32")),
  );
  return { cachePositions: tf.maximum(cachePositions, tf.scalar(0, "int32")), hidden };
}

/** @param selected [streams, length, most], whole numbers; `count` for none */
function selectedPart({ blockSize }: SparseSettings, selected: Tensor, count: number): Part {
  const [streams, length, most] = selected.shape as [number, number, number];
  const none = tf.greaterEqual(selected, count);
  const begins = tf.mul(tf.minimum(selected, count - 1), blockSize);
  const cachePositions = tf.add(tf.expandDims(begins, 3), tf.reshape(tf.range(0, blockSize), [1, 1, 1, blockSize]));
  const flat = (x: Tensor): Tensor => tf.reshape(x, [streams, length, most * blockSize]);
  return {
    cachePositions: tf.cast(flat(cachePositions), "int32"),
    hidden: tf.cast(flat(tf.tile(tf.expandDims(tf.cast(none, "int32"), 3), [1, 1, 1, blockSize])), "bool"),
  };
}
