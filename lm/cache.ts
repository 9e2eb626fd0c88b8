import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { PawlError } from "../schemas/errors.js";
import { zeros } from "../tensor/host-tensor.js";
import type { HostTensors, Tensors, Update } from "../tensor/program.js";
import type { Architecture } from "./architecture.js";
import type { Attention } from "./attention/attention.js";
import { masked } from "./attention/dense.js";
import { unseen } from "./attention/seen.js";

/** How the keys and values of past tokens are kept among a program's variables. Another kind of attention brings its own. */
export interface Cache {
  /** Its variables, empty. */
  state(): HostTensors;
  /**
   * Attention of new tokens to what is kept and to each other.
   * @param state the program's variables
   * @param positions [rows, length] int32: of each new token in its row's sequence, one after another, −1 where there is
   *   none (any more); a row's first one is the number of tokens that are kept and seen
   */
  step(state: Tensors, positions: Tensor): CacheStep;
}

export interface CacheStep {
  attention: Attention;
  /** Once every layer's attention has been computed: puts the new tokens into the variables. */
  updates(): Record<string, Update>;
}

const cacheName = (kind: "keys" | "values", layer: number): string => `cache.${kind}/${layer}`;

/**
 * Keeps every token: keys and values of each layer, [rows, keyValueHeads, slots, headWidth]. The token at position p lies
 * in slot p, so that rows of unequal length stand side by side without padding; the last slot takes what is no token.
 */
export class DenseCache implements Cache {
  constructor(
    private readonly a: Architecture,
    private readonly rows: number,
    /** One more than the tokens that a row can hold. */
    readonly slots: number,
  ) {}

  state(): HostTensors {
    const shape = [this.rows, this.a.keyValueHeads, this.slots, this.a.headWidth];
    return Object.fromEntries(cacheNames(this.a).map((name) => [name, zeros(shape)]));
  }

  step(state: Tensors, positions: Tensor): CacheStep {
    return new DenseStep(this.a, this.slots, state, positions);
  }

  /** The variables, with what a smaller cache held. */
  grownFrom(smaller: DenseCache, held: HostTensors): HostTensors {
    const state = this.state();
    const width = this.a.headWidth;
    for (const [name, { data }] of Object.entries(state))
      for (let block = 0; block < this.rows * this.a.keyValueHeads; block++) {
        const from = block * smaller.slots * width;
        const kept = held[name]!.data.subarray(from, from + (smaller.slots - 1) * width);
        data.set(kept, block * this.slots * width);
      }
    return state;
  }
}

/** Names of the variables of a dense cache. */
export function cacheNames(a: Architecture): string[] {
  return Array.from({ length: a.layers }, (_, layer) => [cacheName("keys", layer), cacheName("values", layer)]).flat();
}

class DenseStep implements CacheStep {
  readonly #fresh: Tensors = {};
  /** What is added to scores of what is kept, [rows, 1, length, slots], and of the new tokens, [rows, 1, length, length]. */
  readonly #past: Tensor;
  readonly #new: Tensor;

  constructor(
    private readonly a: Architecture,
    private readonly slots: number,
    private readonly state: Tensors,
    private readonly positions: Tensor,
  ) {
    const [rows, length] = positions.shape as [number, number];
    const first = tf.slice(positions, [0, 0], [rows, 1]);
    const placed = tf.add(first, tf.reshape(tf.range(0, length, 1, "int32"), [1, length]));
    const queries = tf.reshape(placed, [rows, 1, length, 1]);
    const index = tf.reshape(tf.range(0, slots, 1, "int32"), [1, 1, 1, slots]);
    const empty = tf.greaterEqual(index, tf.reshape(first, [rows, 1, 1, 1]));
    const { attention } = a;
    if (attention.kind === "sparse")
      throw new PawlError("INTERNAL", "a dense cache does not hold what sparse attention selects by");
    const additive = (hidden: Tensor): Tensor => tf.mul(tf.cast(hidden, "float32"), masked);
    this.#past = additive(tf.logicalOr(empty, unseen(attention, index, queries)));
    this.#new = additive(unseen(attention, tf.reshape(placed, [rows, 1, 1, length]), queries));
  }

  readonly attention: Attention = (q, k, v, layer) => {
    const [rows, length, heads, headWidth] = q.shape as [number, number, number, number];
    const { keyValueHeads } = this.a;
    const group = heads / keyValueHeads;
    const scaled = tf.transpose(tf.mul(q, 1 / Math.sqrt(headWidth)), [0, 2, 1, 3]);
    const queries = tf.reshape(scaled, [rows, keyValueHeads, group * length, headWidth]);
    const keys = this.#keep("keys", layer, k);
    const values = this.#keep("values", layer, v);
    const scores = (keys: Tensor, mask: Tensor): Tensor => {
      const products = tf.matMul(queries, keys, false, true);
      return tf.add(tf.reshape(products, [rows, heads, length, keys.shape[2]!]), mask);
    };
    const toPast = scores(this.state[cacheName("keys", layer)]!, this.#past);
    const shares = tf.softmax(tf.concat([toPast, scores(keys, this.#new)], -1));
    const joined = tf.reshape(shares, [rows, keyValueHeads, group * length, this.slots + length]);
    const [ofPast, ofFresh] = tf.split(joined, [this.slots, length], -1) as [Tensor, Tensor];
    const attended = tf.add(tf.matMul(ofPast, this.state[cacheName("values", layer)]!), tf.matMul(ofFresh, values));
    return tf.transpose(tf.reshape(attended, [rows, heads, length, headWidth]), [0, 2, 1, 3]);
  };

  updates(): Record<string, Update> {
    const indices = this.#places();
    return Object.fromEntries(
      Object.entries(this.#fresh).map(([name, fresh]) => [
        name,
        { indices, values: tf.reshape(fresh, [indices.shape[0], this.a.headWidth]) },
      ]),
    );
  }

  /** [rows, length, keyValueHeads, headWidth] -> [rows, keyValueHeads, length, headWidth] */
  #keep(kind: "keys" | "values", layer: number, fresh: Tensor): Tensor {
    return (this.#fresh[cacheName(kind, layer)] = tf.transpose(fresh, [0, 2, 1, 3]));
  }

  /** Row, head and slot of each new token: [rows · keyValueHeads · length, 3]. */
  #places(): Tensor {
    const [rows, length] = this.positions.shape as [number, number];
    const { keyValueHeads } = this.a;
    const shape = [rows, keyValueHeads, length];
    const none = tf.less(this.positions, tf.scalar(0, "int32"));
    const spare = tf.fill([rows, length], this.slots - 1, "int32");
    const slot = tf.where(none, spare, tf.minimum(this.positions, spare));
    const columns = [
      tf.reshape(tf.range(0, rows, 1, "int32"), [rows, 1, 1]),
      tf.reshape(tf.range(0, keyValueHeads, 1, "int32"), [1, keyValueHeads, 1]),
      tf.reshape(slot, [rows, 1, length]),
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
