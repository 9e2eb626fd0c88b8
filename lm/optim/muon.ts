import * as tf from "@tensorflow/tfjs-core";
import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";

/**
 * Muon (Keller Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"):
 * Nesterov momentum, then the update is replaced by the nearest orthogonal matrix, found by
 * Newton–Schulz iterations. Departure: the update is scaled by 0.2·sqrt(max(rows, columns)) (Liu et
 * al. 2025, arXiv:2502.16982), which gives it the usual size of AdamW's updates, so that one
 * learning rate and one weight decay serve both optimizers.
 */
const momentum = 0.95;
const iterations = 5;
const coefficients = [3.4445, -4.775, 2.0315] as const;

export function muonUpdate(
  weight: Tensor,
  gradient: Tensor,
  average: Tensor,
  scalars: { learningRate: Tensor; keep: Tensor },
): { weight: Tensor; average: Tensor } {
  const [rows, columns] = weight.shape as [number, number];
  const next = tf.add(tf.mul(average, momentum), tf.mul(gradient, 1 - momentum));
  const ahead = tf.add(tf.mul(next, momentum), tf.mul(gradient, 1 - momentum));
  const direction = tf.mul(orthogonalize(ahead as Tensor2D), 0.2 * Math.sqrt(Math.max(rows, columns)));
  return {
    weight: tf.sub(tf.mul(weight, scalars.keep), tf.mul(direction, scalars.learningRate)),
    average: next,
  };
}

/**
 * Approximately U·Vᵀ of a matrix's singular value decomposition U·S·Vᵀ: five quintic Newton–Schulz
 * iterations, whose singular values end in about [0.7, 1.2].
 */
export function orthogonalize(matrix: Tensor2D): Tensor2D {
  const [rows, columns] = matrix.shape;
  const tall = rows > columns;
  const [a, b, c] = coefficients;
  const wide = tall ? tf.transpose(matrix) : matrix;
  let x = tf.div<Tensor2D>(wide, tf.add(tf.sqrt(tf.sum(tf.square(wide))), 1e-7));
  for (let i = 0; i < iterations; i++) {
    const gram = tf.matMul(x, x, false, true);
    const mixed = tf.add<Tensor2D>(tf.mul(gram, b), tf.mul(tf.matMul(gram, gram), c));
    x = tf.add(tf.mul(x, a), tf.matMul(mixed, x));
  }
  return tall ? tf.transpose(x) : x;
}
