import * as tf from "@tensorflow/tfjs-core";
import { crossEntropies, measureLogits, maxLogits, weightedCrossEntropy } from "../../../lm/model/losses.js";
import { parameters, resolveArchitecture } from "../../../lm/model/architecture.js";
import { batchInputs, batchSpecs } from "../../../lm/data/batch.js";
import { computeGradients } from "../../../lm/optim/gradients.js";
import { batchLoss } from "../../../lm/train/batch-loss.js";
import { divergenceStep, policyObjective, policySpecs, referencePrefix, scoreStep } from "../../../lm/train/policy.js";
import { Scorer } from "../../../lm/train/scoring.js";
import { TokenScorer } from "../../../lm/train/token-scorer.js";
import { Trainer } from "../../../lm/train/trainer.js";
import { greatest } from "../../../platform/extremes.js";
import { compile } from "../../../tensor/compile.js";
import { prefixed } from "../../../tensor/host-tensor.js";
import type { StepSpec, Tensors } from "../../../tensor/program.js";
import { expectGradients, values } from "./finite-differences.js";
import { sizesOfOutputs } from "./output-sizes.js";
import { adamw, makeBatch, distance, formulaWeights, noise, makeTokens } from "./support.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

const [rows, hiddenSize, vocabulary] = [11, 4, 7];
const tensor = (salt: number, shape: number[]) => tf.tensor(values(salt, shape).data, shape);
const targets = () => tf.tensor1d(makeTokens(5, rows, vocabulary), "int32");
/** Of rows: some count more than others, one does not count. */
const weights = () => tf.tensor1d(Array.from(noise(6, rows), (value, i) => (i === 3 ? 0 : 1 + value)));

/**
 * Both losses as functions of states and head.
 * @param most maximum number of logits at the same time
 */
const losses = {
  "the weighted sum": (most: number) => (states: tf.Tensor, head: tf.Tensor) =>
    weightedCrossEntropy(states as tf.Tensor2D, head as tf.Tensor2D, targets(), weights(), most),
  "each row's, by factors of its own": (most: number) => (states: tf.Tensor, head: tf.Tensor) =>
    tf.sum(tf.mul(crossEntropies(states as tf.Tensor2D, head as tf.Tensor2D, targets(), most), weights())),
};

describe.each(Object.entries(losses))("%s in chunks", (_, loss) => {
  // Chunks of one row (a row has 7 logits), of two, of three to the last of two.
  test.each([[1], [14], [27], [76]])("of at most %i logits equals the whole, with its gradients", (most) => {
    const run = (most: number) => {
      const scaled = (...[states, head]: tf.Tensor[]): tf.Scalar => tf.mul(loss(most)(states!, head!), 0.25);
      const { value, grads } = tf.valueAndGrads(scaled)([
        tensor(1, [rows, hiddenSize]),
        tensor(2, [vocabulary, hiddenSize]),
      ]);
      return [value, ...grads].map((x) => x.dataSync());
    };
    const [chunked, whole] = [run(most), run(maxLogits)];
    chunked.forEach((values, i) => expect(distance(values, whole[i]!)).toBeLessThan(2e-6));
  });

  test("has the gradients that differences give", () => {
    const at = { states: values(1, [rows, hiddenSize]), head: values(2, [vocabulary, hiddenSize]) };
    expectGradients(({ states, head }) => loss(14)(states!, head!), at);
  });
});

test("what is measured of logits in chunks is what is measured of all, for two models of unlike widths too", () => {
  const model = (salt: number, width: number) => ({
    states: tensor(salt, [rows, width]) as tf.Tensor2D,
    head: tensor(salt + 1, [vocabulary, width]) as tf.Tensor2D,
  });
  const measured = (most?: number) =>
    measureLogits(
      [model(1, hiddenSize), model(3, 2 * hiddenSize)],
      targets(),
      ([one, other], wanted) => [tf.sum(tf.mul(one!, other!), 1), tf.add(tf.max(one!, 1), wanted)],
      most,
    ).map((numbers) => numbers.dataSync());
  const whole = measured();
  expect(whole.map(({ length }) => length)).toEqual([rows, rows]);
  for (const most of [1, 30, 60])
    measured(most).forEach((numbers, i) => expect(distance(numbers, whole[i]!)).toBeLessThan(2e-6));
});

test("a compiled step whose loss is computed in chunks has the loss and the gradients of one chunk", () => {
  const layout = { layers: 2, hiddenSize: 16, heads: 2, keyValueHeads: 1, contextLength: 64, ropeTheta: 10000 };
  const a = resolveArchitecture({ ...layout, tieEmbeddings: true }, 40);
  const batch = makeBatch([[makeTokens(1, 30, 40), makeTokens(2, 25, 40)], [makeTokens(3, 50, 40)]], 53);
  const outcome = (most: number) => {
    const run = (weights: Tensors, inputs: Tensors) => {
      const found = computeGradients(parameters(a), weights, (own) => ({ loss: batchLoss(a, own, inputs, { most }) }));
      return { outputs: { ...found.gradients, loss: found.loss } };
    };
    const program = compile(formulaWeights(a), { step: { inputs: batchSpecs(batch.shape), run } });
    const outputs = program.run("step", batchInputs(batch));
    program.dispose();
    return outputs;
  };
  const [kept, chunked] = [outcome(maxLogits), outcome(400)];
  for (const [name, { data }] of Object.entries(kept))
    expect(distance(chunked[name]!.data, data) / Math.max(1, greatest(data.map(Math.abs)))).toBeLessThan(1e-5);
});

describe("of a batch of 20 million logits only those of a chunk exist at the same time", () => {
  const layout = { layers: 1, hiddenSize: 8, heads: 1, keyValueHeads: 1, contextLength: 256, ropeTheta: 10000 };
  const a = resolveArchitecture({ ...layout, tieEmbeddings: false }, 20_000);
  const shape = { rows: 4, length: 256 };
  const schedule = { kind: "constant", learningRate: 1e-3, minimumLearningRate: 0, warmupSteps: 0, steps: 1 } as const;
  const training = (accumulate: number, recompute?: boolean) => () =>
    new Trainer({ architecture: a, shape, accumulate, recompute, optimizer: adamw, schedule }, formulaWeights(a));

  const responses = { rows: 4, prompt: 4, response: 252 };
  const policy = {
    temperature: 0.9,
    clipLow: 0.2,
    clipHigh: 0.2,
    ratio: "token",
    klCoefficient: 0,
    onPolicy: true,
  } as const;
  const objective = (weights: Tensors, inputs: Tensors) => {
    const ofWeights = (own: Tensors) => policyObjective(a, responses, policy)(own, inputs);
    return { outputs: computeGradients(parameters(a), weights, ofWeights).gradients };
  };
  const scoring = (step: StepSpec) =>
    compile({ ...formulaWeights(a), ...prefixed(referencePrefix, formulaWeights(a)) }, { step });

  test.each([
    ["training and its held-out loss", training(1)],
    ["training by micro-batches", training(2)],
    ["training that computes layers anew", training(1, true)],
    ["a scorer", () => new Scorer(a, formulaWeights(a), shape)],
    ["a scorer of tokens", () => new TokenScorer(a, formulaWeights(a), shape)],
    ["a scorer of responses and their reference", () => scoring(scoreStep(a, responses, 0.9, a))],
    ["a scorer of divergences", () => scoring(divergenceStep(a, a, responses, 0.9))],
    ["a policy's update", () => scoring({ inputs: policySpecs(responses, policy), run: objective })],
  ])("%s", (_, make) => {
    const sizes = sizesOfOutputs(() => make().dispose());
    expect(greatest(sizes)).toBeLessThanOrEqual(maxLogits);
    expect(greatest(sizes)).toBeGreaterThan(maxLogits / 4);
  });
});
