import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { zeros } from "../../../tensor/host-tensor.js";
import type { HostTensors, Tensors } from "../../../tensor/program.js";
import type { Architecture } from "../architecture.js";
import type { Attention } from "./attention.js";
import { attendTo, masked } from "./dense.js";
import { sparseInputs } from "./packed.js";
import { ringOf, ringPositions, ringSlots, type Ring } from "./ring.js";
import { unseen } from "./seen.js";
import type { AttentionSettings, SparseSettings } from "./settings.js";
import { attendSelected, blockCount } from "./sparse-cache.js";

/**
 * Keys and values of the tokens before, as variables of a program: [rows, keyValueHeads, slots, headDim] a layer. Dense
 * and sparse attention hold every token; sparse attention reads its window, one key and value for each block, and the
 * blocks that it selects. Local attention holds its window and sinks, however long the sequence.
 */

export type CacheKind = "keys" | "values" | "pool" | "blockKeys" | "blockValues";

const cacheName = (kind: CacheKind, layer: number): string => `cache.${kind}/${layer}`;

/** What a cache must hold: sequences of `slots` tokens, read at most `chunk` at once. */
export interface CacheSize {
  rows: number;
  slots: number;
  chunk: number;
}

/** The cache, empty. */
export function cacheState(a: Architecture, size: CacheSize): HostTensors {
  const { rows } = size;
  const state: HostTensors = {};
  const add = (kind: CacheKind, layer: number, slots: number, width: number): void => {
    state[cacheName(kind, layer)] = zeros([rows, a.keyValueHeads, slots, width]);
  };
  for (let layer = 0; layer < a.layers; layer++) {
    const slots = heldSlots(a, size);
    for (const kind of ["keys", "values"] as const) add(kind, layer, slots, a.headDim);
    if (a.attention.kind !== "sparse") continue;
    add("pool", layer, slots, 1);
    const blocks = blockCount(a.attention, slots);
    if (blocks > 0) for (const kind of ["blockKeys", "blockValues"] as const) add(kind, layer, blocks, a.headDim);
  }
  return state;
}

/** Slots of a row's cache. */
function heldSlots({ attention }: Architecture, { slots, chunk }: CacheSize): number {
  return attention.kind === "local" ? (ringOf(attention, slots, chunk)?.slots ?? slots) : slots;
}

/** Puts fresh keys and values, [rows, length, keyValueHeads, width], into the cache; gives the cache as it then is. */
export type Store = (kind: CacheKind, layer: number, fresh: Tensor) => Tensor;

/**
 * Attention of new tokens, as many in each row, to the cache and to each other.
 * @param state weights, and the cache of {@link cacheState}
 * @param positions [rows, length] int32, going on from token to token; −1 for what is no token: it is not stored, and what
 *   it attends to has no meaning
 * @returns the attention, and the variables that it has written once all layers are through
 */
export function cachedAttention(
  a: Architecture,
  state: Tensors,
  positions: Tensor,
  size: CacheSize,
): { attention: Attention; written: Tensors } {
  const settings = a.attention;
  const ring = settings.kind === "local" ? ringOf(settings, size.slots, size.chunk) : undefined;
  const written: Tensors = {};
  const replace = (kind: CacheKind, layer: number, change: (old: Tensor) => Tensor): Tensor => {
    const name = cacheName(kind, layer);
    return (written[name] = change(state[name]!));
  };
  const write = writer(a, ring ? ringSlots(ring, positions) : positions, heldSlots(a, size));
  const store: Store = (kind, layer, fresh) => replace(kind, layer, (old) => write(old, fresh));
  if (settings.kind === "sparse") {
    const attention: Attention = (q, k, v, layer, normed) => {
      const { pool, gate } = sparseInputs(a, state, layer, normed, q.shape);
      return attendSelected(settings, { q, k, v, pool, gate }, { store, replace, layer, positions });
    };
    return { attention, written };
  }
  const mask = tf.mul(tf.cast(hiddenSlots(settings, ring, positions, size.slots), "float32"), masked);
  const attention: Attention = (q, k, v, layer) =>
    attendTo(q, store("keys", layer, k), store("values", layer, v), mask);
  return { attention, written };
}

/** Which slots each query does not see, [rows, 1, length, slots] or what broadcasts to it. */
function hiddenSlots(
  settings: Exclude<AttentionSettings, SparseSettings>,
  ring: Ring | undefined,
  positions: Tensor,
  slots: number,
): Tensor {
  const [rows, length] = positions.shape as [number, number];
  const queries = tf.reshape(positions, [rows, 1, length, 1]);
  if (!ring) return unseen(settings, tf.reshape(tf.range(0, slots, 1, "int32"), [1, 1, 1, slots]), queries);
  const { keys, empty } = ringPositions(ring, positions);
  const wide = (x: Tensor): Tensor => tf.reshape(x, [rows, 1, 1, ring.slots]);
  return tf.logicalOr(wide(empty), unseen(settings, wide(keys), queries));
}

/**
 * What puts fresh vectors into the slots that their places name.
 * @param places [rows, length] int32
 */
function writer(a: Pick<Architecture, "keyValueHeads">, places: Tensor, slots: number) {
  const [rows, length] = places.shape as [number, number];
  const index = tf.range(0, slots, 1, "int32");
  const place = tf.cast(
    tf.equal(tf.reshape(index, [1, 1, slots, 1]), tf.reshape(places, [rows, 1, 1, length])),
    "float32",
  );
  const kept = tf.sub(1, tf.sum(place, -1, true));
  /** @param old [rows, keyValueHeads, slots, width]; @param fresh [rows, length, keyValueHeads, width] */
  return (old: Tensor, fresh: Tensor): Tensor =>
    tf.add(tf.mul(old, kept), placeInto(place, tf.transpose(fresh, [0, 2, 1, 3]), a.keyValueHeads));
}

/**
 * Fresh keys or values, each in its slot, zero elsewhere.
 * @param place one-hot [rows, 1, slots, length]
 * @param fresh [rows, keyValueHeads, length, headDim]
 */
function placeInto(place: Tensor, fresh: Tensor, keyValueHeads: number): Tensor {
  if (fresh.shape[2] === 1) return tf.mul(place, fresh);
  return tf.matMul(tf.tile(place, [1, keyValueHeads, 1, 1]), fresh);
}
