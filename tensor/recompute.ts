import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { after } from "./trace.js";

/**
 * Computes from tensors that have gradients and from tensors that have none; uses no other tensors.
 */
export type Recomputable = (inputs: Tensor[], others: Tensor[]) => Tensor;

/**
 * The value of `run`, without keeping its inside for the backward pass, which runs it again once
 * the gradient of its value is available (Chen et al. 2016, "Training deep nets with sublinear
 * memory cost", section 3).
 */
export function recomputed(run: Recomputable, inputs: Tensor[], others: Tensor[]): Tensor {
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const given = args.slice(0, inputs.length) as Tensor[];
    save([...given, ...others]);
    return {
      value: run(given, others),
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        gradientsAnew(run, saved.slice(0, inputs.length), saved.slice(inputs.length), dy),
    };
  });
  return op(...inputs);
}

/**
 * Gradients of the inputs, for a backward pass: `run` begins once `dy`, the gradient of its value,
 * is available.
 */
export function gradientsAnew(run: Recomputable, inputs: Tensor[], others: Tensor[], dy: Tensor): Tensor[] {
  // Without this order a program could recompute everything at its start.
  const late = (x: Tensor): Tensor => after(x, dy);
  return withOwnTape(() =>
    tf.tidy(() => {
      const without = others.map(late);
      return tf.grads((...xs) => run(xs, without))(inputs.map(late), dy);
    }),
  );
}

/** tfjs has one tape, and gradients that are computed during the backward pass would restart it. */
function withOwnTape<T>(work: () => T): T {
  const { state } = tf.engine();
  const outer = state.activeTape;
  try {
    return work();
  } finally {
    state.activeTape = outer;
  }
}
