import { initialize } from "../../../lm/model/initialize.js";
import { Trainer, type TrainerSettings } from "../../../lm/train/trainer.js";
import type { HostTensors } from "../../../tensor/program.js";
import { compileLogits } from "./logits.js";
import { sizesOfOutputs } from "./output-sizes.js";
import { adamw, makeBatch, distance, formulaWeights, tinyArchitecture, makeTokens } from "./support.js";
import { loadTensorFlow } from "../support.js";
import { held } from "../../../tensor/host-tensor.js";

beforeAll(loadTensorFlow);

const architecture = tinyArchitecture();
const schedule = { kind: "constant" as const, learningRate: 1e-2, minimumLearningRate: 0, warmupSteps: 0, steps: 200 };
const rows = 2;
const length = 12;
const settings: TrainerSettings = {
  architecture,
  shape: { rows, length },
  accumulate: 1,
  optimizer: adamw,
  schedule,
};
const row = (salt: number, count = length + 1) => [makeTokens(salt, count, architecture.vocabularySize)];
const batchAt = (step: number) => makeBatch([row(2 * step), row(2 * step + 1)], length);

/** Runs `work` with a trainer and disposes of it. */
function withTrainer<T>(changes: Partial<TrainerSettings>, work: (trainer: Trainer) => T, weights?: HostTensors): T {
  const trainer = new Trainer({ ...settings, ...changes }, weights ?? formulaWeights(architecture));
  try {
    return work(trainer);
  } finally {
    trainer.dispose();
  }
}

test("a model with random weights has a loss of ln(vocabulary) within 1 %", () => {
  const shape = { rows: 8, length: 32 };
  const batch = makeBatch(
    Array.from({ length: 8 }, (_, r) => row(r, 33)),
    32,
  );
  const loss = withTrainer({ shape }, (trainer) => trainer.evaluate(batch), initialize(architecture, 1)) / batch.weight;
  expect(Math.abs(loss / Math.log(architecture.vocabularySize) - 1)).toBeLessThan(0.01);
});

test.each(["adamw", "muon"] as const)("%s overfits one batch to nearly nothing", (kind) => {
  const changes = { optimizer: { ...adamw, kind, weightDecay: 0 }, schedule: { ...schedule, learningRate: 3e-2 } };
  const loss = withTrainer(changes, (trainer) => {
    let last = Infinity;
    for (let step = 0; step < 60; step++) last = trainer.step(step, [batchAt(0)]).loss;
    return last;
  });
  expect(loss).toBeLessThan(0.02);
});

test("a step that computes logits only where predictions count updates as one that computes all", () => {
  const few = makeBatch([row(1), row(2)], length);
  few.weights.forEach((_, i) => (few.weights[i] = i % 5 === 0 ? 1 : 0));
  few.weight = few.weights.reduce((sum, weight) => sum + weight, 0);
  const [all, counted] = [{}, { predictions: 8 }].map((predictions) =>
    withTrainer({ shape: { rows, length, ...predictions } }, (trainer) => ({
      reports: [0, 1].map((step) => trainer.step(step, [few])),
      loss: trainer.evaluate(few),
    })),
  );
  expect(all!.reports[0]!.tokens).toBe(5);
  counted!.reports.forEach((report, i) => {
    expect(report.loss).toBeCloseTo(all!.reports[i]!.loss, 4);
    expect(report.gradientNorm).toBeCloseTo(all!.reports[i]!.gradientNorm, 3);
  });
  expect(counted!.loss).toBeCloseTo(all!.loss, 3);
  expect(() => withTrainer({ shape: { rows, length, predictions: 4 } }, (trainer) => trainer.step(0, [few]))).toThrow(
    expect.objectContaining({ code: "INTERNAL" }),
  );
});

test("measuring computes no more logits at the same time than a step that computes those where predictions count", () => {
  const [rows, length, predictions, vocabularySize] = [8, 512, 2048, 8192];
  const wide = { ...tinyArchitecture({ layers: 1, contextLength: length }), vocabularySize };
  const changes = { architecture: wide, shape: { rows, length, predictions } };
  const sizes = sizesOfOutputs(() => withTrainer(changes, () => {}, formulaWeights(wide)));
  expect(Math.max(...sizes)).toBe(predictions * vocabularySize);
});

// With Muon, because its gains and embeddings are AdamW's: one run tests both.
test("three small batches accumulated update as one large batch", () => {
  const optimizer = { ...adamw, kind: "muon" as const };
  // Unequal weights: the second micro-batch has fewer tokens that count.
  const parts = [makeBatch([row(1)], length), makeBatch([row(2, 5)], length), makeBatch([row(3)], length)];
  const whole = makeBatch([row(1), row(2, 5), row(3)], length);
  const large = withTrainer({ optimizer, shape: { rows: 3, length } }, (trainer) => {
    const reports = [0, 1, 2].map((step) => trainer.step(step, [whole]));
    return { reports, weights: held(trainer.weights()) };
  });
  const small = withTrainer({ optimizer, shape: { rows: 1, length }, accumulate: 3 }, (trainer) => {
    const reports = [0, 1, 2].map((step) => trainer.step(step, parts));
    return { reports, weights: held(trainer.weights()) };
  });
  small.reports.forEach((report, i) => {
    expect(report.loss).toBeCloseTo(large.reports[i]!.loss, 4);
    expect(report.gradientNorm).toBeCloseTo(large.reports[i]!.gradientNorm, 3);
    expect(report.tokens).toBe(large.reports[i]!.tokens);
  });
  // Adam divides by the gradient's own size, so entries near zero may differ in the step's last
  // digits.
  for (const [name, { data }] of Object.entries(small.weights))
    expect(distance(data, large.weights[name]!.data)).toBeLessThan(1e-3);
});

test("another document in the row changes nothing: packing isolates", () => {
  const kept = makeTokens(1, 8, architecture.vocabularySize);
  const { forward, dispose } = compileLogits(architecture, formulaWeights(architecture), { rows: 1, length });
  const logits = (salt: number) =>
    forward(makeBatch([[makeTokens(salt, 6, architecture.vocabularySize), kept]], length));
  const [one, two] = [logits(2), logits(3)];
  dispose();
  const ofKept = 5 * architecture.vocabularySize;
  expect(Array.from(one.subarray(ofKept))).toEqual(Array.from(two.subarray(ofKept)));
  expect(distance(one.subarray(0, ofKept), two.subarray(0, ofKept))).toBeGreaterThan(0.01);
});
