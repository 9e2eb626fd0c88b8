import * as tf from "@tensorflow/tfjs-core";
import type { Rank } from "@tensorflow/tfjs-core";
import { resolveArchitecture, parameters, type Architecture } from "../../../lm/model/architecture.js";
import { batchInputs, batchSpecs } from "../../../lm/data/batch.js";
import { computeGradients } from "../../../lm/optim/gradients.js";
import { recomputesByDefault } from "../../../lm/model/recomputed-layers.js";
import { packedLogits } from "../../../lm/model/transformer.js";
import { maxLogits } from "../../../lm/model/losses.js";
import { greatest } from "../../../platform/extremes.js";
import { Trainer } from "../../../lm/train/trainer.js";
import { nativeBackend } from "../../../tensor/backend.js";
import { TokenScorer } from "../../../lm/train/token-scorer.js";
import { batchLoss, predictionNats } from "../../../lm/train/batch-loss.js";
import { compile } from "../../../tensor/compile.js";
import { softmaxCrossEntropy } from "../../../tensor/ops.js";
import type { Tensors } from "../../../tensor/program.js";
import { sizesOfOutputs } from "./output-sizes.js";
import { adamw, makeBatch, distance, formulaWeights, makeTokens } from "./support.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

const layout = { layers: 2, hiddenSize: 16, heads: 2, keyValueHeads: 1, contextLength: 64, ropeTheta: 10000 };
const kinds = [
  { attention: "dense", tieEmbeddings: true },
  { attention: "local", window: 8, sinks: 2, tieEmbeddings: true },
  { attention: "sparse", window: 8, blockSize: 4, selectedBlocks: 2, tieEmbeddings: false },
] as const;

const schedule = { kind: "constant", learningRate: 1e-3, minimumLearningRate: 0, warmupSteps: 0, steps: 1 } as const;

/** Loss and gradients of a batch with two documents in a row. */
function outcome(a: Architecture, loss: (weights: Tensors, inputs: Tensors) => tf.Scalar, eager: boolean) {
  const batch = makeBatch([[makeTokens(1, 30, 40), makeTokens(2, 25, 40)], [makeTokens(3, 50, 40)]], 53);
  const run = (weights: Tensors, inputs: Tensors) => {
    const found = computeGradients(parameters(a), weights, (w) => ({ loss: loss(w, inputs) }));
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
  test("computing anew changes neither loss nor gradients, eager or traced, and leaves nothing behind", () => {
    const kept = outcome(a, (weights, inputs) => batchLoss(a, weights, inputs), true);
    const recomputed = (weights: Tensors, inputs: Tensors) =>
      batchLoss(a, weights, inputs, { recompute: true, most: 400 });
    const before = tf.memory().numTensors;
    const eager = outcome(a, recomputed, true);
    expect(tf.memory().numTensors).toBe(before);
    for (const anew of [eager, outcome(a, recomputed, false)]) {
      expect(Object.keys(anew)).toEqual(Object.keys(kept));
      for (const [name, { data }] of Object.entries(kept)) {
        const scale = Math.max(1, ...Array.from(data, Math.abs));
        expect(distance(anew[name]!.data, data) / scale).toBeLessThan(1e-5);
      }
    }
  });

  test("losses of each prediction, computed in chunks, are those computed together", () => {
    const batch = makeBatch([[makeTokens(1, 30, 40), makeTokens(2, 25, 40)], [makeTokens(3, 50, 40)]], 53);
    const nats = (run: (weights: Tensors, inputs: Tensors) => tf.Tensor): Float32Array => {
      const step = {
        inputs: batchSpecs(batch.shape),
        run: (weights: Tensors, inputs: Tensors) => ({ outputs: { nats: run(weights, inputs) } }),
      };
      const program = compile(formulaWeights(a), { step });
      const { data } = program.run("step", batchInputs(batch))["nats"]!;
      program.dispose();
      return data as Float32Array;
    };
    const atOnce = nats((weights, { tokens, segments, positions, targets }) =>
      softmaxCrossEntropy(
        packedLogits(a, weights, tokens!, segments!, positions!),
        tf.reshape<Rank.R1>(targets!, [-1]),
      ),
    );
    const chunked = nats((weights, inputs) => predictionNats(a, weights, inputs, 400));
    expect(chunked).toHaveLength(2 * 53);
    expect(distance(chunked, atOnce)).toBeLessThan(1e-5);
  });

  test("is for long rows where nothing is said, and where attention is not dense", () => {
    const isSaid = kind.attention !== "dense";
    expect([recomputesByDefault(a, 8192), recomputesByDefault(a, 8193)]).toEqual([false, isSaid]);
  });
});

test.each(kinds.slice(1))(
  "a token scorer of long rows makes no tensor larger than a chunk's logits: $attention",
  (kind) => {
    const long = resolveArchitecture({ ...layout, ...kind, layers: 1, contextLength: 8200 }, 4096);
    const sizes = sizesOfOutputs(() =>
      new TokenScorer(long, formulaWeights(long), { rows: 1, length: 8200 }).dispose(),
    );
    expect(greatest(sizes)).toBeLessThanOrEqual(maxLogits);
  },
);

test("a trainer with the switch multiplies the matrices of its layers once more, one without does not", () => {
  const a = resolveArchitecture({ ...layout, tieEmbeddings: true }, 40);
  const products = (recompute?: boolean): number => {
    const spy = jest.spyOn(nativeBackend(), "executeSingleOutput");
    const options = { architecture: a, shape: { rows: 2, length: 53 }, accumulate: 1, recompute, optimizer: adamw };
    new Trainer({ ...options, schedule }, formulaWeights(a)).dispose();
    const { calls } = spy.mock;
    spy.mockRestore();
    return calls.filter(([operation]) => operation === "BatchMatMulV2").length;
  };
  expect(products()).toBe(products(false));
  // Seven weights of a layer, and the two products of its attention.
  expect(products(true) - products(false)).toBe(9 * a.layers);
});
