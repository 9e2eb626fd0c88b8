import * as tf from "@tensorflow/tfjs-core";
import { rmsNorm, rotate, swiglu } from "../../../lm/model/layers.js";
import { weightedCrossEntropy } from "../../../lm/model/losses.js";
import { batchInputs, type Batch } from "../../../lm/data/batch.js";
import { rotationTables } from "../../../lm/model/rope.js";
import { batchLoss } from "../../../lm/train/batch-loss.js";
import { expectGradients, values, type Values } from "./finite-differences.js";
import { makeBatch, formulaWeights, noise, tinyArchitecture, makeTokens } from "./support.js";
import { loadTensorFlow } from "../support.js";

beforeAll(loadTensorFlow);

/** Values whose sum depends on every entry differently. */
const project = (x: tf.Tensor): tf.Tensor => tf.mul(x, tf.tensor(Float32Array.from(noise(5, x.size)), x.shape));

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
  const loss = ({ states, head }: tf.NamedTensorMap) =>
    weightedCrossEntropy(states as tf.Tensor2D, head as tf.Tensor2D, targets, weights);
  expectGradients(loss, { states: values(8, [4, 5]), head: values(9, [7, 5]) });
});

test.each([
  [true, 2],
  [false, 1],
])("the whole model, two documents in a row (tied: %s, layers: %i)", (tieEmbeddings, layers) => {
  const a = tinyArchitecture({ tieEmbeddings, layers });
  const row = (salt: number, count: number) => makeTokens(salt, count, a.vocabularySize);
  const batch: Batch = makeBatch([[row(1, 6), row(2, 5)], [row(3, 9)]], 10);
  const inputs = Object.fromEntries(
    Object.entries(batchInputs(batch)).map(([name, { data, shape, dtype }]) => [name, tf.tensor(data, shape, dtype)]),
  );
  expectGradients((weights) => tf.div(batchLoss(a, weights, inputs), batch.weight), formulaWeights(a) as Values);
});
