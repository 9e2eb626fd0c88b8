import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { PawlError } from "../../platform/errors.js";
import { zeros } from "../../tensor/host-tensor.js";
import type { HostTensors, Tensors, Update } from "../../tensor/program.js";
import type { Architecture } from "../model/architecture.js";
import type { Attention } from "../model/attention/attention.js";
import { masked } from "../model/attention/dense.js";
import { ringPositions, ringSlots, type Ring } from "../model/attention/ring.js";
import { unseen } from "../model/attention/seen.js";
import type { AttentionSettings, SparseSettings } from "../model/attention/settings.js";

const cacheName = (kind: "keys" | "values", layer: number): string => `cache.${kind}/${layer}`;

/**
 * Keys and values of past tokens of each layer among a program's variables, [rows, keyValueHeads, slots, headDim]. The
 * token at position p lies in slot p, so that rows of unequal length stand side by side without padding; the last slot
 * takes what is no token. With local attention a cache of {@link mostSlots} is a ring, where that is less than the context:
 * a token takes the place of one that has left the window.
 */
export class TokenCache {
  readonly #attention: Exclude<AttentionSettings, SparseSettings>;
  readonly #ring: Ring | undefined;

  constructor(
    private readonly a: Architecture,
    private readonly rows: number,
    /** One more than the tokens that a row can hold. */
    readonly slots: number,
  ) {
    const { attention } = a;
    if (attention.kind === "sparse")
      throw new PawlError("INTERNAL", "this cache does not hold what sparse attention selects by");
    this.#attention = attention;
    if (attention.kind === "local" && slots === mostSlots(a) && slots < slotsFor(a.contextLength)) {
      const { sinks } = attention;
      this.#ring = { sinks, size: slots - 1 - sinks, slots: slots - 1 };
    }
  }

  /** Tokens of a row that it has room for. */
  get capacity(): number {
    return this.#ring ? Infinity : this.slots - 1;
  }

  /**
   * Whether all that is seen from a position on is still held.
   * @param position number of the row's first tokens that count
   * @param written tokens of the row that have been put in, one after another
   */
  holds(position: number, written: number): boolean {
    if (!this.#ring || this.#attention.kind !== "local") return true;
    const { sinks, size } = this.#ring;
    return Math.max(sinks, position - this.#attention.window + 1) + size >= written;
  }

  /** The variables, empty. */
  state(): HostTensors {
    const shape = [this.rows, this.a.keyValueHeads, this.slots, this.a.headDim];
    return Object.fromEntries(cacheNames(this.a).map((name) => [name, zeros(shape)]));
  }

  /**
   * Attention of new tokens to what is kept and to each other.
   * @param state the program's variables
   * @param positions [rows, length] int32: of each new token in its row's sequence, one after another, −1 where there is
   *   none (any more); a row's first one is the number of tokens that are kept and seen
   */
  step(state: Tensors, positions: Tensor): Step {
    return new Step({ a: this.a, attention: this.#attention, slots: this.slots, ring: this.#ring }, state, positions);
  }

  /** The variables, with what a smaller cache held. */
  grownFrom(smaller: TokenCache, held: HostTensors): HostTensors {
    const state = this.state();
    const width = this.a.headDim;
    for (const [name, { data }] of Object.entries(state))
      for (let block = 0; block < this.rows * this.a.keyValueHeads; block++) {
        const from = block * smaller.slots * width;
        const kept = held[name]!.data.subarray(from, from + (smaller.slots - 1) * width);
        data.set(kept, block * this.slots * width);
      }
    return state;
  }
}

/** Slots of a cache are a multiple of it. Every step attends to all slots, also those that are empty. */
const block = 16;

/** Slots for so many tokens a row. */
export function slotsFor(tokens: number): number {
  return Math.ceil((tokens + 1) / block) * block;
}

/** Slots that a row's cache needs at most: for the model's context, or for a window, sinks and what a few calls write ahead. */
export function mostSlots({ attention, contextLength }: Architecture): number {
  if (attention.kind !== "local") return slotsFor(contextLength);
  return slotsFor(Math.min(contextLength, attention.sinks + attention.window - 1 + writtenAhead));
}

/** Tokens by which an answer may be shorter than what was written to a ring, and still be gone on from. */
const writtenAhead = 64;

/** Names of its variables. */
export function cacheNames(a: Architecture): string[] {
  return Array.from({ length: a.layers }, (_, layer) => [cacheName("keys", layer), cacheName("values", layer)]).flat();
}

class Step {
  readonly #fresh: Tensors = {};
  /** What is added to scores of what is kept, [rows, 1, length, slots], and of the new tokens, [rows, 1, length, length]. */
  readonly #past: Tensor;
  readonly #new: Tensor;

  constructor(
    private readonly layout: {
      a: Architecture;
      attention: Exclude<AttentionSettings, SparseSettings>;
      slots: number;
      ring: Ring | undefined;
    },
    private readonly state: Tensors,
    private readonly positions: Tensor,
  ) {
    const { attention } = layout;
    const [rows, length] = positions.shape as [number, number];
    const first = tf.slice(positions, [0, 0], [rows, 1]);
    const placed = tf.add(first, tf.reshape(tf.range(0, length, 1, "int32"), [1, length]));
    const queries = tf.reshape(placed, [rows, 1, length, 1]);
    const { keys, empty } = this.#held(first);
    const additive = (hidden: Tensor): Tensor => tf.mul(tf.cast(hidden, "float32"), masked);
    this.#past = additive(tf.logicalOr(empty, unseen(attention, keys, queries)));
    this.#new = additive(unseen(attention, tf.reshape(placed, [rows, 1, 1, length]), queries));
  }

  readonly attention: Attention = (q, k, v, layer) => {
    const [rows, length, heads, headDim] = q.shape as [number, number, number, number];
    const { keyValueHeads } = this.layout.a;
    const group = heads / keyValueHeads;
    const scaled = tf.transpose(tf.mul(q, 1 / Math.sqrt(headDim)), [0, 2, 1, 3]);
    const queries = tf.reshape(scaled, [rows, keyValueHeads, group * length, headDim]);
    const keys = this.#keep("keys", layer, k);
    const values = this.#keep("values", layer, v);
    const scores = (keys: Tensor, mask: Tensor): Tensor => {
      const products = tf.matMul(queries, keys, false, true);
      return tf.add(tf.reshape(products, [rows, heads, length, keys.shape[2]!]), mask);
    };
    const toPast = scores(this.state[cacheName("keys", layer)]!, this.#past);
    const shares = tf.softmax(tf.concat([toPast, scores(keys, this.#new)], -1));
    const joined = tf.reshape(shares, [rows, keyValueHeads, group * length, this.layout.slots + length]);
    const [ofPast, ofFresh] = tf.split(joined, [this.layout.slots, length], -1) as [Tensor, Tensor];
    const attended = tf.add(tf.matMul(ofPast, this.state[cacheName("values", layer)]!), tf.matMul(ofFresh, values));
    return tf.transpose(tf.reshape(attended, [rows, heads, length, headDim]), [0, 2, 1, 3]);
  };

  /** Once every layer's attention has been computed: puts the new tokens into the variables. */
  updates(): Record<string, Update> {
    const indices = this.#places();
    return Object.fromEntries(
      Object.entries(this.#fresh).map(([name, fresh]) => [
        name,
        { indices, values: tf.reshape(fresh, [indices.shape[0], this.layout.a.headDim]) },
      ]),
    );
  }

  /** [rows, length, keyValueHeads, headDim] -> [rows, keyValueHeads, length, headDim] */
  #keep(kind: "keys" | "values", layer: number, fresh: Tensor): Tensor {
    return (this.#fresh[cacheName(kind, layer)] = tf.transpose(fresh, [0, 2, 1, 3]));
  }

  /** Position of the token in each slot, and which slots are empty, both broadcast to [rows, 1, 1, slots]. */
  #held(first: Tensor): { keys: Tensor; empty: Tensor } {
    const { slots, ring } = this.layout;
    const index = tf.reshape(tf.range(0, slots, 1, "int32"), [1, 1, 1, slots]);
    const kept = tf.reshape(first, [-1, 1, 1, 1]);
    if (!ring) return { keys: index, empty: tf.greaterEqual(index, kept) };
    const { keys, empty } = ringPositions(ring, tf.sub(first, tf.scalar(1, "int32")));
    const wide = (x: Tensor, spare: number): Tensor =>
      tf.reshape(
        tf.pad(
          x,
          [
            [0, 0],
            [0, 1],
          ],
          spare,
        ),
        [-1, 1, 1, slots],
      );
    const none = tf.cast(wide(tf.cast(empty, "int32"), 1), "bool");
    const held = wide(keys, 0);
    return { keys: held, empty: tf.logicalOr(none, tf.greaterEqual(held, kept)) };
  }

  /** Slot of each new token, [rows, length]; the spare one's where it is none, or one that later ones of its chunk replace. */
  #slots(): Tensor {
    const { positions } = this;
    const { ring, slots } = this.layout;
    const spare = tf.fill(positions.shape, slots - 1, "int32");
    const none = tf.less(positions, tf.scalar(0, "int32"));
    if (!ring) return tf.where(none, spare, tf.minimum(positions, spare));
    const left = tf.lessEqual(positions, tf.sub(tf.max(positions, 1, true), tf.scalar(ring.size, "int32")));
    const replaced = tf.logicalAnd(left, tf.greaterEqual(positions, tf.scalar(ring.sinks, "int32")));
    return tf.where(tf.logicalOr(none, replaced), spare, ringSlots(ring, positions));
  }

  /** Row, head and slot of each new token: [rows · keyValueHeads · length, 3]. */
  #places(): Tensor {
    const [rows, length] = this.positions.shape as [number, number];
    const { keyValueHeads } = this.layout.a;
    const shape = [rows, keyValueHeads, length];
    const columns = [
      tf.reshape(tf.range(0, rows, 1, "int32"), [rows, 1, 1]),
      tf.reshape(tf.range(0, keyValueHeads, 1, "int32"), [1, keyValueHeads, 1]),
      tf.reshape(this.#slots(), [rows, 1, length]),
    ];
    return tf.reshape(
      tf.stack(
        columns.map((column) => tf.broadcastTo(column, shape)),
        -1,
      ),
      [-1, 3],
    );
  }
}
