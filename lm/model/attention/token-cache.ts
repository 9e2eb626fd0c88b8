import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { zeros } from "../../../tensor/host-tensor.js";
import type { HostTensors, Tensors, Update } from "../../../tensor/program.js";
import type { Architecture } from "../architecture.js";
import type { Attention } from "./attention.js";
import { masked } from "./dense.js";
import {
  cacheName,
  firstPositions,
  gatherPast,
  cacheIndices,
  capacityFor,
  cacheValues,
  type CacheSize,
  type KvCache,
  type KvCacheStep,
  type NewTokens,
} from "./kv-cache.js";
import { ringPositions, cachePositionsAt, type Ring } from "./ring.js";
import { unseen } from "./seen.js";
import type { AttentionSettings, SparseSettings } from "./settings.js";

/**
 * The maximum number of tokens that a response may be shorter than the ring's content and can still
 * be continued.
 */
const writtenAhead = 64;

interface Layout {
  /** Of the cache. */
  name: string;
  a: Architecture;
  attention: Exclude<AttentionSettings, SparseSettings>;
  /** With the spare one, which is the last. */
  capacity: number;
  ring: Ring | undefined;
}

/**
 * Keys and values of each layer, [rows, keyValueHeads, capacity, headDim], for dense and local
 * attention. The token at position p is in cache position p. With local attention, a cache needs
 * positions only for the window, the sinks and the tokens that a few calls write ahead. A larger
 * one becomes a ring of that size: a token takes the place of one that has left the window.
 */
export class TokenCache implements KvCache {
  readonly #layout: Layout;

  constructor(
    a: Architecture,
    attention: Exclude<AttentionSettings, SparseSettings>,
    private readonly size: CacheSize,
  ) {
    const wanted = capacityFor(size.tokens);
    const longest =
      attention.kind === "local" ? capacityFor(attention.sinks + attention.window - 1 + writtenAhead) : wanted;
    const capacity = Math.min(wanted, longest);
    const sinks = attention.kind === "local" ? attention.sinks : 0;
    const ring = capacity < wanted ? { sinks, size: capacity - 1 - sinks, capacity: capacity - 1 } : undefined;
    this.#layout = { name: size.name, a, attention, capacity, ring };
  }

  get capacity(): number {
    return this.#layout.ring ? Infinity : this.#layout.capacity - 1;
  }

  holds(position: number, written: number): boolean {
    const { ring, attention } = this.#layout;
    if (!ring || attention.kind !== "local") return true;
    return Math.max(ring.sinks, position - attention.window + 1) + ring.size >= written;
  }

  state(): HostTensors {
    const { a, capacity } = this.#layout;
    const state: HostTensors = {};
    for (let layer = 0; layer < a.layers; layer++)
      for (const kind of ["keys", "values"] as const)
        state[cacheName(this.size.name, kind, layer)] = zeros([this.size.rows, a.keyValueHeads, capacity, a.headDim]);
    return state;
  }

  step(state: Tensors, tokens: NewTokens): KvCacheStep {
    return new Step(this.#layout, state, tokens);
  }
}

class Step implements KvCacheStep {
  readonly #fresh: Tensors = {};
  /**
   * Added to the scores of the kept tokens, [lanes, 1, length, capacity], and of the new tokens,
   * [lanes, 1, length, length].
   */
  readonly #past: Tensor;
  readonly #new: Tensor;

  constructor(
    private readonly layout: Layout,
    private readonly state: Tensors,
    private readonly tokens: NewTokens,
  ) {
    const { attention } = layout;
    const [lanes, length] = tokens.positions.shape as [number, number];
    const first = firstPositions(tokens.positions);
    const counted = tf.add(first, tf.reshape(tf.range(0, length, 1, "int32"), [1, length]));
    const queries = tf.reshape(counted, [lanes, 1, length, 1]);
    const { keys, empty } = this.#held(first);
    const additive = (hidden: Tensor): Tensor => tf.mul(tf.cast(hidden, "float32"), masked);
    this.#past = additive(tf.logicalOr(empty, unseen(attention, keys, queries)));
    this.#new = additive(unseen(attention, tf.reshape(counted, [lanes, 1, 1, length]), queries));
  }

  readonly attention: Attention = (q, k, v, layer) => {
    const [lanes, length, heads, headDim] = q.shape as [number, number, number, number];
    const { keyValueHeads } = this.layout.a;
    const group = heads / keyValueHeads;
    const scaled = tf.transpose(tf.mul(q, 1 / Math.sqrt(headDim)), [0, 2, 1, 3]);
    const queries = tf.reshape(scaled, [lanes, keyValueHeads, group * length, headDim]);
    const keys = this.#append("keys", layer, k);
    const values = this.#append("values", layer, v);
    const scores = (keys: Tensor, mask: Tensor): Tensor => {
      const products = tf.matMul(queries, keys, false, true);
      return tf.add(tf.reshape(products, [lanes, heads, length, keys.shape[2]!]), mask);
    };
    const toPast = scores(this.#gatherPast("keys", layer), this.#past);
    const shares = tf.softmax(tf.concat([toPast, scores(keys, this.#new)], -1));
    const joined = tf.reshape(shares, [lanes, keyValueHeads, group * length, this.layout.capacity + length]);
    const [ofPast, ofFresh] = tf.split(joined, [this.layout.capacity, length], -1) as [Tensor, Tensor];
    const attended = tf.add(tf.matMul(ofPast, this.#gatherPast("values", layer)), tf.matMul(ofFresh, values));
    return tf.transpose(tf.reshape(attended, [lanes, heads, length, headDim]), [0, 2, 1, 3]);
  };

  updates(): Record<string, Update> {
    const { lanes } = this.tokens;
    const { a, capacity } = this.layout;
    const indices = cacheIndices(this.#cachePositions(), a.keyValueHeads, lanes, capacity - 1);
    const entries = Object.entries(this.#fresh);
    return Object.fromEntries(entries.map(([name, fresh]) => [name, { indices, values: cacheValues(fresh, lanes) }]));
  }

  #gatherPast(kind: "keys" | "values", layer: number): Tensor {
    return gatherPast(this.state[cacheName(this.layout.name, kind, layer)]!, this.tokens.lanes);
  }

  /** [lanes, length, keyValueHeads, headDim] -> [lanes, keyValueHeads, length, headDim] */
  #append(kind: "keys" | "values", layer: number, fresh: Tensor): Tensor {
    return (this.#fresh[cacheName(this.layout.name, kind, layer)] = tf.transpose(fresh, [0, 2, 1, 3]));
  }

  /**
   * Position of the token in each cache position, and which are empty, both broadcast to [lanes, 1,
   * 1, capacity].
   */
  #held(first: Tensor): { keys: Tensor; empty: Tensor } {
    const { capacity, ring } = this.layout;
    const index = tf.reshape(tf.range(0, capacity, 1, "int32"), [1, 1, 1, capacity]);
    const kept = tf.reshape(first, [-1, 1, 1, 1]);
    if (!ring) return { keys: index, empty: tf.greaterEqual(index, kept) };
    const { keys, empty } = ringPositions(ring, tf.sub(first, tf.scalar(1, "int32")));
    const wide = (x: Tensor, spare: number): Tensor =>
      tf.reshape(tf.pad(x, [[0, 0], [0, 1]], spare), [-1, 1, 1, capacity]); // prettier-ignore
    const none = tf.cast(wide(tf.cast(empty, "int32"), 1), "bool");
    const held = wide(keys, 0);
    return { keys: held, empty: tf.logicalOr(none, tf.greaterEqual(held, kept)) };
  }

  /**
   * Cache position of each new token, [lanes, length]; the spare one's if it is missing, or if
   * later ones of its chunk replace it.
   */
  #cachePositions(): Tensor {
    const { positions } = this.tokens;
    const { ring, capacity } = this.layout;
    const spare = tf.fill(positions.shape, capacity - 1, "int32");
    const none = tf.less(positions, tf.scalar(0, "int32"));
    if (!ring) return tf.where(none, spare, tf.minimum(positions, spare));
    const isOutside = tf.lessEqual(positions, tf.sub(tf.max(positions, 1, true), tf.scalar(ring.size, "int32")));
    const replaced = tf.logicalAnd(isOutside, tf.greaterEqual(positions, tf.scalar(ring.sinks, "int32")));
    return tf.where(tf.logicalOr(none, replaced), spare, cachePositionsAt(ring, positions));
  }
}
