import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { HostTensors, Tensors, Update } from "../../../tensor/program.js";
import type { Attention } from "./attention.js";

/**
 * The cache of past tokens for the attention of new ones, among a program's variables. A row is one
 * sequence; rows of unequal length are side by side without padding. Every implementation keeps one
 * more position than it uses, which takes missing tokens and is never seen.
 */
export interface KvCache {
  /** Tokens of a row that it has room for; Infinity if newer ones replace older ones. */
  readonly capacity: number;
  /**
   * Whether all that the row's tokens see from a position on is still held, of `written` tokens put
   * in one after another.
   */
  holds(position: number, written: number): boolean;
  /** The variables, empty. */
  state(): HostTensors;
  /**
   * Attention of new tokens to the kept ones and to each other. The kept tokens of a row precede
   * the first of its new tokens; anything else in it is left from earlier sequences, and is not
   * seen.
   */
  step(state: Tensors, tokens: NewTokens): KvCacheStep;
}

/** New tokens, some for each lane; a lane is a row, unless `lanes` says otherwise. */
export interface NewTokens {
  /**
   * [lanes, length] int32: of each new token in its sequence, one after another; −1 if there is
   * none (any more).
   */
  positions: Tensor;
  lanes?: Lanes;
}

/** Lanes that are not the rows in their order. */
export interface Lanes {
  /** Row whose past a lane's tokens see, [lanes] int32. */
  source: Tensor;
  /** Rows that the tokens are put into, [lanes, fan] int32; −1 for none. */
  targets: Tensor;
}

/** One step's use of a cache. */
export interface KvCacheStep {
  attention: Attention;
  /**
   * Puts the new tokens into the variables; call it once every layer's attention has been computed.
   */
  updates(): Record<string, Update>;
}

/** The settings of a cache. */
export interface CacheSize {
  /** The prefix of its variables' names. */
  name: string;
  rows: number;
  /** Tokens that a row can hold. */
  tokens: number;
}

export type CacheKind = "keys" | "values" | "pool" | "blockKeys" | "blockValues";

/** The variable of the cache with this name. */
export const cacheName = (cache: string, kind: CacheKind, layer: number): string => `${cache}.${kind}/${layer}`;

/**
 * Positions of a cache are a multiple of it. Every step attends to all of them, also those that are
 * empty.
 */
const grain = 16;

/** Cache positions for `tokens` tokens a row, and the spare one. */
export function capacityFor(tokens: number): number {
  return Math.ceil((tokens + 1) / grain) * grain;
}

/**
 * Position of each lane's first new token, [lanes, 1]; it is the number of kept tokens that are
 * seen.
 */
export function firstPositions(positions: Tensor): Tensor {
  return tf.slice(positions, [0, 0], [positions.shape[0], 1]);
}

/** The kept values of each lane's row: [lanes, …] of a variable [rows, …]. */
export function gatherPast(variable: Tensor, lanes: Lanes | undefined): Tensor {
  return lanes ? tf.gather(variable, lanes.source) : variable;
}

/**
 * Row, head and cache position of each new vector, for a variable [rows, keyValueHeads, capacity,
 * …].
 * @param cachePositions [lanes, length] int32
 * @param spare the cache position that takes tokens of no row
 * @returns [lanes · fan · heads · length, 3] int32
 */
export function cacheIndices(cachePositions: Tensor, heads: number, lanes: Lanes | undefined, spare: number): Tensor {
  const [count, length] = cachePositions.shape as [number, number];
  const targets = lanes?.targets ?? tf.range(0, count, 1, "int32");
  const fan = targets.size / count;
  const shape = [count, fan, heads, length];
  const row = tf.reshape(targets, [count, fan, 1, 1]);
  const inRow = tf.broadcastTo(tf.reshape(cachePositions, [count, 1, 1, length]), shape);
  const none = tf.broadcastTo(tf.less(row, tf.scalar(0, "int32")), shape);
  const columns = [
    tf.broadcastTo(tf.maximum(row, tf.scalar(0, "int32")), shape),
    tf.broadcastTo(tf.reshape(tf.range(0, heads, 1, "int32"), [1, 1, heads, 1]), shape),
    lanes ? tf.where(none, tf.fill(shape, spare, "int32"), inRow) : inRow,
  ];
  return tf.reshape(tf.stack(columns, -1), [-1, 3]);
}

/**
 * The vectors for these places.
 * @param fresh [lanes, heads, length, width]; gives [lanes · fan · heads · length, width]
 */
export function cacheValues(fresh: Tensor, lanes: Lanes | undefined): Tensor {
  const fan = lanes ? lanes.targets.shape[1]! : 1;
  const width = fresh.shape[3]!;
  if (fan === 1) return tf.reshape(fresh, [-1, width]);
  return tf.reshape(tf.tile(tf.expandDims(fresh, 1), [1, fan, 1, 1, 1]), [-1, width]);
}
