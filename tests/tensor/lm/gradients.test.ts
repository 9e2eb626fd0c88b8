import * as tf from "@tensorflow/tfjs-core";
import { rmsNorm, rotate, rotationTables, swiglu } from "../../../lm/layers.js";
import { weightedCrossEntropy } from "../../../lm/losses.js";
import { batchInputs, type Batch } from "../../../lm/batch.js";
import { batchLoss } from "../../../lm/trainer.js";
import { loadBackend } from "../../../tensor/backend.js";
import { batchOf, formulaWeights, noise, tinyArchitecture, tokensOf } from "./support.js";

beforeAll(() => loadBackend("tensorflow"));

type Values = Record<string, { shape: number[]; data: Float32Array }>;

const values = (salt: number, shape: number[]) => ({
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
function expectGradients(f: (args: Record<string, tf.Tensor>) => tf.Tensor, at: Values, tolerance = 2e-3): void {
  const names = Object.keys(at);
  const tensors = names.map((name) => tf.tensor(at[name]!.data, at[name]!.shape));
  const call = (...args: tf.Tensor[]) => f(Object.fromEntries(names.map((name, i) => [name, args[i]!]))) as tf.Scalar;
  const gradients = tf
    .grads(call)(tensors)
    .map((g) => g.dataSync());
  names.forEach((name, i) => {
    const direction = noise(77 + i, at[name]!.data.length);
    const expected = direction.reduce((sum, d, j) => sum + d * gradients[i]![j]!, 0);
    const step = 3e-2 / Math.hypot(...direction);
    const moved = (sign: number) => {
      const data = at[name]!.data.map((x, j) => x + sign * step * direction[j]!);
      return tf.tidy(() => call(...tensors.map((t, k) => (k === i ? tf.tensor(data, t.shape) : t))).dataSync()[0]!);
    };
    const difference = (moved(1) - moved(-1)) / (2 * step);
    expect(Math.abs(difference - expected) / Math.max(1, Math.abs(expected))).toBeLessThan(tolerance);
  });
}

/** A scalar that depends on every entry differently. */
const project = (x: tf.Tensor): tf.Tensor => tf.sum(tf.mul(x, tf.tensor(Float32Array.from(noise(5, x.size)), x.shape)));

test("RMSNorm", () => {
  expectGradients(({ x, gain }) => project(rmsNorm(x!, gain!, 1e-6)), {
    x: values(1, [3, 2, 8]),
    gain: values(2, [8]),
  });
});

test("RoPE", () => {
  const tables = rotationTables(4, 8, 100);
  const rotation = { cos: tf.tensor(tables.cos, [4, 1, 8]), sin: tf.tensor(tables.sin, [4, 1, 8]) };
  expectGradients(({ x }) => project(rotate(x!, rotation)), { x: values(3, [2, 4, 3, 8]) });
});

test("SwiGLU", () => {
  expectGradients(({ gate, up }) => project(swiglu(gate!, up!)), { gate: values(4, [5, 6]), up: values(6, [5, 6]) });
});

test("weighted cross-entropy, with a row that does not count", () => {
  const targets = tf.tensor1d([2, 0, 6, 3], "int32");
  const weights = tf.tensor1d([1, 0.5, 0, 1]);
  expectGradients(({ logits }) => weightedCrossEntropy(logits as tf.Tensor2D, targets, weights), {
    logits: values(8, [4, 7]),
  });
});

test.each([true, false])("the whole model, two documents in a row (tied: %s)", (tieEmbeddings) => {
  const a = tinyArchitecture({ tieEmbeddings });
  const row = (salt: number, count: number) => tokensOf(salt, count, a.vocabularySize);
  const batch: Batch = batchOf([[row(1, 6), row(2, 5)], [row(3, 9)]], 10);
  const inputs = Object.fromEntries(
    Object.entries(batchInputs(batch)).map(([name, { data, shape, dtype }]) => [name, tf.tensor(data, shape, dtype)]),
  );
  expectGradients((weights) => tf.div(batchLoss(a, weights, inputs), batch.weight), formulaWeights(a) as Values);
});
