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

const sum = (numbers: ArrayLike<number>): number => Array.from(numbers).reduce((total, number) => total + number, 0);

/** How far apart the pairs of points lie whose differences are fitted, in steps. */
const scales = [0.8, 1.2];

/**
 * Compares the gradient of the sum of a function's values with central differences along random
 * directions of each argument. A direction adds up all entries, values are added in doubles, and
 * several pairs of points give one slope: so what float32 rounds, which differs between processors,
 * stays far below the tolerance.
 */
export function expectGradients(f: (args: Record<string, tf.Tensor>) => tf.Tensor, at: Values, tolerance = 2e-3): void {
  const names = Object.keys(at);
  const tensors = names.map((name) => tf.tensor(at[name]!.data, at[name]!.shape));
  const call = (...args: tf.Tensor[]) => f(Object.fromEntries(names.map((name, i) => [name, args[i]!])));
  const gradients = tf
    .grads((...args: tf.Tensor[]) => tf.sum(call(...args)))(tensors)
    .map((g) => g.dataSync());
  names.forEach((name, i) => {
    const direction = noise(77 + i, at[name]!.data.length);
    const expected = sum(direction.map((d, j) => d * gradients[i]![j]!));
    const step = 1e-2 / Math.hypot(...direction);
    const moved = (scale: number): number => {
      const data = at[name]!.data.map((x, j) => x + scale * step * direction[j]!);
      return sum(tf.tidy(() => call(...tensors.map((t, k) => (k === i ? tf.tensor(data, t.shape) : t))).dataSync()));
    };
    const slopes = scales.map((scale) => scale * (moved(scale) - moved(-scale)));
    const difference = sum(slopes) / (2 * step * sum(scales.map((scale) => scale ** 2)));
    expect(Math.abs(difference - expected) / Math.max(1, Math.abs(expected))).toBeLessThan(tolerance);
  });
}
