import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";

const epsilon = 1e-8;

/**
 * Scalars of one optimizer step, computed on the host from the integer step, so that a resumed run
 * has the same ones.
 */
export interface AdamWScalars {
  /** learningRate / (1 − beta1^t) */
  stepSize: Tensor;
  /** 1 / sqrt(1 − beta2^t) */
  secondScale: Tensor;
  /** 1 − learningRate · weightDecay */
  keep: Tensor;
}

/** Host values of {@link AdamWScalars} for optimizer step `step` (0-based). */
export function adamwScalars(
  settings: { beta1: number; beta2: number; weightDecay: number },
  learningRate: number,
  step: number,
): Record<keyof AdamWScalars, number> {
  return {
    stepSize: learningRate / (1 - settings.beta1 ** (step + 1)),
    secondScale: 1 / Math.sqrt(1 - settings.beta2 ** (step + 1)),
    keep: 1 - learningRate * settings.weightDecay,
  };
}

/**
 * AdamW (Loshchilov & Hutter 2019), decay decoupled from the gradient; epsilon is added to the
 * corrected root, as in PyTorch.
 * @param decays whether weight decay applies: to matrices, not to gains
 */
export function adamwUpdate(
  weight: Tensor,
  gradient: Tensor,
  moments: { first: Tensor; second: Tensor },
  scalars: AdamWScalars,
  settings: { beta1: number; beta2: number },
  decays: boolean,
): { weight: Tensor; first: Tensor; second: Tensor } {
  const { beta1, beta2 } = settings;
  const first = tf.add(tf.mul(moments.first, beta1), tf.mul(gradient, 1 - beta1));
  const second = tf.add(tf.mul(moments.second, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const root = tf.add(tf.mul(tf.sqrt(second), scalars.secondScale), epsilon);
  const kept = decays ? tf.mul(weight, scalars.keep) : weight;
  return { weight: tf.sub(kept, tf.div(tf.mul(first, scalars.stepSize), root)), first, second };
}
