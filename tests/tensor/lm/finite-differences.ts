import * as tf from "@tensorflow/tfjs-core";
import { noise } from "./support.js";

export type Values = Record<string, { shape: number[]; data: Float32Array }>;

/** Numbers in [-1, 1) by formula. */
export const values = (salt: number, shape: number[]) => ({
  shape,
  data: Float32Array.from(
    noise(
      salt,
      shape.reduce((x, y) => x * y, 1),
    ),
  ),
});

/**
 * Compares the gradient of a scalar function with central differences along random directions of each argument.
 * A direction sums up all entries, so float32's rounding matters less than entry by entry.
 */
export function expectGradients(f: (args: Record<string, tf.Tensor>) => tf.Tensor, at: Values, tolerance = 2e-3): void {
  const names = Object.keys(at);
  const tensors = names.map((name) => tf.tensor(at[name]!.data, at[name]!.shape));
  const call = (...args: tf.Tensor[]) => f(Object.fromEntries(names.map((name, i) => [name, args[i]!]))) as tf.Scalar;
  const gradients = tf
    .grads(call)(tensors)
    .map((g) => g.dataSync());
  names.forEach((name, i) => {
    const direction = noise(77 + i, at[name]!.data.length);
    const expected = direction.reduce((sum, d, j) => sum + d * gradients[i]![j]!, 0);
    const step = 1e-2 / Math.hypot(...direction);
    const moved = (sign: number) => {
      const data = at[name]!.data.map((x, j) => x + sign * step * direction[j]!);
      return tf.tidy(() => call(...tensors.map((t, k) => (k === i ? tf.tensor(data, t.shape) : t))).dataSync()[0]!);
    };
    const difference = (moved(1) - moved(-1)) / (2 * step);
    expect(Math.abs(difference - expected) / Math.max(1, Math.abs(expected))).toBeLessThan(tolerance);
  });
}
