import * as tf from "@tensorflow/tfjs-core";
import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import type { Tensors } from "../../tensor/program.js";

/**
 * Scales all gradients by min(1, limit / norm), norm being that of all gradients together (Pascanu
 * et al. 2013; the 1e-6 is PyTorch's `clip_grad_norm_`).
 * @returns the gradients by name, and the norm before clipping
 */
export function clipByGlobalNorm(gradients: Tensors, limit: number): { gradients: Tensors; norm: Scalar } {
  const names = Object.keys(gradients);
  const squares = names.map((name) => tf.sum(tf.square(gradients[name]!)));
  const norm = tf.sqrt(tf.addN(squares)) as Scalar;
  const factor = tf.minimum(1, tf.div(limit, tf.add(norm, 1e-6)));
  const clipped = names.map((name): [string, Tensor] => [name, tf.mul(gradients[name]!, factor)]);
  return { gradients: Object.fromEntries(clipped), norm };
}
