import * as tf from "@tensorflow/tfjs-core";
import { embedding, linearCrossEntropy, softmaxCrossEntropy } from "../../tensor/ops.js";
import { loadTensorFlow } from "./support.js";

beforeAll(loadTensorFlow);

const ids = () => tf.tensor1d(Int32Array.from([2, 0, 2, 4]), "int32");
const table = () =>
  tf.tensor2d(
    Float32Array.from({ length: 15 }, (_, i) => Math.sin(3 * i)),
    [5, 3],
  );
/** Weighs every entry differently, so that no gradient hides behind another. */
const project = (x: tf.Tensor): tf.Scalar =>
  tf.sum(
    tf.mul(
      x,
      tf.tensor(
        Float32Array.from({ length: x.size }, (_, i) => Math.cos(7 * i)),
        x.shape,
      ),
    ),
  );

/** Central differences of f at x, entry by entry. */
function differences(f: (x: tf.Tensor) => tf.Scalar, x: tf.Tensor): number[] {
  const values = Float32Array.from(x.dataSync());
  const h = 1e-2;
  return Array.from(values, (_, i) => {
    const at = (delta: number): number => {
      const moved = values.slice();
      moved[i]! += delta;
      return f(tf.tensor(moved, x.shape)).dataSync()[0]!;
    };
    return (at(h) - at(-h)) / (2 * h);
  });
}

function expectGradient(f: (x: tf.Tensor) => tf.Scalar, x: tf.Tensor): void {
  const gradient = tf.grad(f)(x).dataSync();
  differences(f, x).forEach((expected, i) => expect(gradient[i]).toBeCloseTo(expected, 3));
}

test("embedding picks rows; its gradient adds up over repeated ids", () => {
  const expected = tf.gather(table(), ids()).dataSync();
  expect(embedding(table(), ids()).dataSync()).toEqual(expected);
  expectGradient((x) => project(embedding(x as tf.Tensor2D, ids())), table());
});

test("softmaxCrossEntropy is −log softmax at the target", () => {
  const logits = tf.tensor2d([1, 2, 3, -1, 0, 1000], [2, 3]);
  const loss = softmaxCrossEntropy(logits, tf.tensor1d([0, 2], "int32")).dataSync();
  expect(loss[0]).toBeCloseTo(Math.log(Math.exp(-2) + Math.exp(-1) + 1) + 2, 5);
  expect(loss[1]).toBe(0);
});

test("linearCrossEntropy is the cross-entropy of the product, and has its gradients", () => {
  const hidden = table();
  const weight = tf.tensor2d(
    Float32Array.from({ length: 12 }, (_, i) => Math.cos(2 * i)),
    [4, 3],
  );
  const targets = tf.tensor1d([1, 3, 0, 3, 2], "int32");
  const expected = softmaxCrossEntropy(tf.matMul(hidden, weight, false, true), targets).dataSync();
  expect(linearCrossEntropy(hidden, weight, targets).dataSync()).toEqual(expected);
  expectGradient((x) => project(linearCrossEntropy(x as tf.Tensor2D, weight, targets)), hidden);
  expectGradient((x) => project(linearCrossEntropy(hidden, x as tf.Tensor2D, targets)), weight);
});

test("softmaxCrossEntropy's gradient", () => {
  expectGradient(
    (x) => project(softmaxCrossEntropy(tf.transpose(x) as tf.Tensor2D, tf.tensor1d([1, 4, 0], "int32"))),
    table(),
  );
});

test("a NaN among the logits gives a NaN loss", () => {
  const loss = softmaxCrossEntropy(tf.tensor2d([NaN, 1, 2, 3], [2, 2]), tf.tensor1d([1, 1], "int32")).dataSync();
  expect(loss[0]).toBeNaN();
  expect(loss[1]).toBeCloseTo(Math.log(1 + Math.exp(-1)), 5);
});
