import * as tf from "@tensorflow/tfjs-core";
import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import type { SamplingSettings } from "./sampling.js";

/**
 * The weights of a row's most probable tokens, 0 for all others: of the top-k, of these the fewest
 * that have the share `topP`, of these those with at least `minP` of the largest weight. Of equal
 * scores the lower ids come first. The kept tokens are found by bisection, which takes some fifty
 * sums over a row and never sorts it.
 * @param scores [rows, vocabulary], at most 0, the score of the most probable token
 * @param weights their exponentials
 */
export function keepMostProbable(scores: Tensor2D, weights: Tensor2D, settings: SamplingSettings): Tensor2D {
  const { topK, topP, minP = 0 } = settings;
  let kept = weights;
  if (topK > 0 && topK < scores.shape[1]) kept = keepFirst(scores, kept, tf.onesLike(weights), tf.scalar(topK));
  if (topP < 1) kept = keepFirst(scores, kept, kept, tf.mul(tf.sum(kept, 1, true), topP));
  return minP > 0 ? tf.mul(kept, tf.cast(tf.greaterEqual(kept, minP), "float32")) : kept;
}

/** Lowest score that is distinguished from lower ones: their weight is 0 in single precision. */
const least = -104;
/**
 * Halvings after which a score's interval holds one number, for scores that differ by more than
 * 1e-11.
 */
const halvings = 44;

/**
 * Keeps the fewest of a row's first tokens, by falling score, whose amounts together reach a
 * number.
 * @param amounts [rows, vocabulary], equal for equal scores; @param enough a scalar or [rows, 1]
 */
function keepFirst(scores: Tensor2D, weights: Tensor2D, amounts: Tensor2D, enough: Tensor): Tensor2D {
  const [rows, vocabulary] = scores.shape;
  const bounded = tf.maximum(scores, least);
  const sumWhere = (chosen: Tensor): Tensor => tf.sum(tf.mul(tf.cast(chosen, "float32"), amounts), 1, true);
  const reached = (threshold: Tensor): Tensor => tf.greaterEqual(sumWhere(tf.greaterEqual(bounded, threshold)), enough);
  // The greatest score at which the amounts of all tokens that have at least it are enough, found
  // from below.
  const below = bisect(tf.fill([rows, 1], least), tf.fill([rows, 1], 1), halvings, reached);
  const last = tf.min(tf.where(tf.greaterEqual(bounded, below), bounded, tf.onesLike(bounded)), 1, true);
  const above = tf.greater(bounded, last);
  const tied = tf.equal(bounded, last);
  const missing = tf.sub(enough, sumWhere(above));
  const each = tf.max(tf.mul(tf.cast(tied, "float32"), amounts), 1, true);
  const ids = tf.reshape(tf.range(0, vocabulary), [1, vocabulary]);
  const tiedBefore = (id: Tensor): Tensor => tf.sum(tf.cast(tf.logicalAnd(tied, tf.less(ids, id)), "float32"), 1, true);
  const tooFew = (id: Tensor): Tensor => tf.less(tf.mul(tiedBefore(id), each), missing);
  const steps = Math.ceil(Math.log2(vocabulary + 1)) + 1;
  // The greatest id with too few tied ones before it is the last one that is kept.
  const end = tf.floor(
    bisect(tf.zeros([rows, 1]), tf.fill([rows, 1], vocabulary), steps, (id) => tooFew(tf.floor(id))),
  );
  const kept = tf.logicalOr(above, tf.logicalAnd(tied, tf.lessEqual(ids, end)));
  return tf.mul(weights, tf.cast(kept, "float32"));
}

/**
 * Narrows [low, high), at whose lower end something holds and at whose upper end it does not, to
 * where that changes.
 * @param low, high [rows, 1]
 */
function bisect(low: Tensor, high: Tensor, steps: number, holds: (middle: Tensor) => Tensor): Tensor {
  for (let step = 0; step < steps; step++) {
    const middle = tf.mul(tf.add(low, high), 0.5);
    const there = holds(middle);
    [low, high] = [tf.where(there, middle, low), tf.where(there, high, middle)];
  }
  return low;
}
