import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { AttentionSettings, SparseSettings } from "./settings.js";

/**
 * Whether a query does not see a key of its own document, in the model's kind of attention.
 * @param keys, queries positions, int32, of shapes that broadcast
 * @returns bool
 */
export function unseen(settings: Exclude<AttentionSettings, SparseSettings>, keys: Tensor, queries: Tensor): Tensor {
  const later = tf.greater(keys, queries);
  if (settings.kind === "dense") return later;
  const gone = tf.greaterEqual(tf.sub(queries, keys), tf.scalar(settings.window, "int32"));
  const sink = tf.less(keys, tf.scalar(settings.sinks, "int32"));
  return tf.logicalOr(later, tf.logicalAnd(gone, tf.logicalNot(sink)));
}
