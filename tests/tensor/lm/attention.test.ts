import * as tf from "@tensorflow/tfjs-core";
import { packedAttention } from "../../../lm/model/attention/packed.js";
import type { AttentionSettings, LocalSettings } from "../../../lm/model/attention/settings.js";
import { batchInputs } from "../../../lm/data/batch.js";
import { batchLoss } from "../../../lm/train/batch-loss.js";
import { referenceAttention, seenBy } from "./attention-reference.js";
import {
  grid,
  heads,
  makeHeads,
  keyValueHeads,
  packed,
  documentPlaces,
  headsTensor,
  hiddenSize,
} from "./attention-support.js";
import { expectGradients, type Values } from "./finite-differences.js";
import { makeBatch, distance, formulaWeights, tinyArchitecture, makeTokens } from "./support.js";
import { sizesOfStep, tensorsOfStep } from "./training-step.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

const architectureOf = (attention: AttentionSettings) => ({
  ...tinyArchitecture({ layers: 1, contextLength: 64 }),
  attention,
});
const local = (window: number, sinks = 0): LocalSettings => ({ kind: "local", window, sinks });

describe.each([
  [local(5)],
  [local(16)],
  [local(40)],
  [local(1)],
  [local(5, 2)],
  [local(16, 4)],
  [local(33, 1)],
  [{ kind: "dense" } as const],
])("%j", (settings) => {
  test.each(packed(70))(
    "over %i tokens in documents %j is what explicit masks in double precision give",
    (length, documents) => {
      const places = documentPlaces(documents, length);
      const [q, k, v] = [
        makeHeads(1, length, heads),
        makeHeads(2, length, keyValueHeads),
        makeHeads(3, length, keyValueHeads),
      ];
      const attention = packedAttention(architectureOf(settings), {}, grid(places.segments), grid(places.positions));
      const result = attention(headsTensor(q), headsTensor(k), headsTensor(v), 0, headsTensor(q)).dataSync();
      const expected = referenceAttention(q, k, v, seenBy(settings, places, length));
      const real = Array.from(result.keys()).filter((i) => places.segments[Math.floor(i / (heads * hiddenSize))] !== 0);
      expect(
        distance(
          real.map((i) => result[i]!),
          real.map((i) => expected[i]!),
        ),
      ).toBeLessThan(2e-6);
    },
  );
});

test.each<[AttentionSettings]>([[local(5)], [local(40)], [local(5, 2)], [{ kind: "dense" }]])(
  "%j has the gradient that differences give, in a whole model",
  (settings) => {
    const a = architectureOf(settings);
    const row = (salt: number, count: number) => makeTokens(salt, count, a.vocabularySize);
    const batch = makeBatch([[row(1, 30), row(2, 5)], [row(3, 38)]], 37);
    const inputs = Object.fromEntries(
      Object.entries(batchInputs(batch)).map(([name, { data, shape, dtype }]) => [name, tf.tensor(data, shape, dtype)]),
    );
    expectGradients((weights) => tf.div(batchLoss(a, weights, inputs), batch.weight), formulaWeights(a) as Values);
  },
);

const sparse: AttentionSettings = { kind: "sparse", window: 8, blockSize: 4, selectedBlocks: 2 };

test("a window as long as the row is dense attention", () => {
  const places = documentPlaces([[30, 3, 31], [64]], 64);
  const [q, k, v] = [1, 2, 3].map((salt) => headsTensor(makeHeads(salt, 64, salt === 1 ? heads : keyValueHeads)));
  const attend = (settings: AttentionSettings) => {
    const attention = packedAttention(architectureOf(settings), {}, grid(places.segments), grid(places.positions));
    return attention(q!, k!, v!, 0, q!).dataSync();
  };
  expect(distance(attend(local(64)), attend({ kind: "dense" }))).toBeLessThan(2e-6);
});

const largeSparse: AttentionSettings = { ...sparse, window: 16, blockSize: 8 };

test.each([[local(16)], [local(16, 4)], [largeSparse]])(
  "a training step of %j makes no tensor with two sides as long as the row, forward or backward",
  (settings) => {
    const length = 256;
    const square = tensorsOfStep(settings, length).filter((shape) => shape.filter((side) => side >= length).length > 1);
    expect(square).toEqual([]);
  },
);

test.each([[local(16)], [local(16, 4)]])(
  "that of %j makes eight times the floats of eight times the tokens",
  (settings) => {
    const sum = (length: number) => sizesOfStep(settings, length).reduce((x, y) => x + y, 0);
    expect(sum(2048) / sum(256)).toBeLessThan(8.5);
  },
);

test("that of a local window makes no tensor more than eight times as large at eight times 256 tokens", () => {
  const largest = (length: number) => Math.max(...sizesOfStep(local(16), length));
  expect(largest(8 * 256) / largest(256)).toBeLessThan(8.5);
});
