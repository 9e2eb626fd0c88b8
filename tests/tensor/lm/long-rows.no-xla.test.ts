import * as tf from "@tensorflow/tfjs-core";
import { resolveArchitecture, parameters, type Architecture } from "../../../lm/model/architecture.js";
import { batchInputs, batchSpecs } from "../../../lm/data/batch.js";
import { gradientsOf } from "../../../lm/optim/gradients.js";
import { isLong, longRowLoss } from "../../../lm/model/long-rows.js";
import { batchLoss } from "../../../lm/train/trainer.js";
import { compile } from "../../../tensor/compile.js";
import type { Tensors } from "../../../tensor/program.js";
import { batchOf, distance, formulaWeights, tokensOf } from "./support.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

const layout = { layers: 2, hiddenSize: 16, heads: 2, keyValueHeads: 1, contextLength: 64, ropeTheta: 10000 };
const kinds = [
  { attention: "local", window: 8, sinks: 2, tieEmbeddings: true },
  { attention: "sparse", window: 8, blockSize: 4, selectedBlocks: 2, tieEmbeddings: false },
] as const;

/** Loss and gradients of a batch with two documents in a row. */
function outcome(a: Architecture, loss: (weights: Tensors, inputs: Tensors) => tf.Scalar, eager: boolean) {
  const batch = batchOf([[tokensOf(1, 30, 40), tokensOf(2, 25, 40)], [tokensOf(3, 50, 40)]], 53);
  const run = (weights: Tensors, inputs: Tensors) => {
    const found = gradientsOf(parameters(a), weights, (w) => ({ loss: loss(w, inputs) }));
    return { outputs: { ...found.gradients, loss: found.loss } };
  };
  const program = compile(formulaWeights(a), { step: { inputs: batchSpecs(batch.shape), run } }, { eager });
  const outputs = program.run("step", batchInputs(batch));
  program.dispose();
  return outputs;
}

describe.each(kinds)("$attention attention", (kind) => {
  const a = resolveArchitecture({ ...layout, ...kind }, 40);

  // 400 logits are ten tokens: eleven chunks, the last of six.
  test.each([[true], [false]])("computing anew changes neither loss nor gradients (eager: %s)", (eager) => {
    const kept = outcome(a, (weights, inputs) => batchLoss(a, weights, inputs), eager);
    const anew = outcome(a, (weights, inputs) => longRowLoss(a, weights, inputs, 400), eager);
    expect(Object.keys(anew)).toEqual(Object.keys(kept));
    for (const [name, { data }] of Object.entries(kept)) {
      const scale = Math.max(1, ...Array.from(data, Math.abs));
      expect(distance(anew[name]!.data, data) / scale).toBeLessThan(1e-5);
    }
  });

  test("leaves nothing behind", () => {
    const before = tf.memory().numTensors;
    outcome(a, (weights, inputs) => longRowLoss(a, weights, inputs, 400), true);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("is for long rows", () => {
    expect([isLong(a, 8192), isLong(a, 8193)]).toEqual([false, true]);
  });
});

test("dense attention is computed as before, however long the row", () => {
  expect(isLong(resolveArchitecture({ ...layout, tieEmbeddings: true }, 40), 100_000)).toBe(false);
});
