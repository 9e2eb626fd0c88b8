import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * The positions of a cache that holds a window and sinks: the sinks' own, then a ring in which a
 * token takes the place of the one that left the window.
 */
export interface Ring {
  sinks: number;
  /** Cache positions of the ring. */
  size: number;
  /** All cache positions. */
  capacity: number;
}

/** Cache position of the token at each position, [rows, length] int32; −1 for −1. */
export function cachePositionsAt({ sinks, size }: Ring, positions: Tensor): Tensor {
  const first = tf.scalar(sinks, "int32");
  const turned = tf.add(tf.mod(tf.sub(positions, first), tf.scalar(size, "int32")), first);
  return choose(tf.less(positions, first), positions, turned);
}

/**
 * Position of the token in each cache position once those at `positions` are stored, and which are
 * empty, [rows, capacity].
 * @param positions [rows, length] int32
 */
export function ringPositions(ring: Ring, positions: Tensor): { keys: Tensor; empty: Tensor } {
  const { sinks, size, capacity } = ring;
  const first = tf.scalar(sinks, "int32");
  const last = tf.max(positions, 1, true);
  const cachePosition = tf.reshape(tf.range(0, capacity, 1, "int32"), [1, capacity]);
  const inRing = tf.sub(last, tf.mod(tf.sub(last, cachePosition), tf.scalar(size, "int32")));
  const isSink = tf.less(cachePosition, first);
  return {
    keys: choose(isSink, cachePosition, inRing),
    empty: tf.logicalAnd(tf.logicalNot(isSink), tf.less(inRing, first)),
  };
}

/** int32 a if the condition holds, else b; all of shapes that broadcast. */
function choose(condition: Tensor, a: Tensor, b: Tensor): Tensor {
  const yes = tf.cast(condition, "int32");
  return tf.add(tf.mul(yes, a), tf.mul(tf.sub(tf.scalar(1, "int32"), yes), b));
}
