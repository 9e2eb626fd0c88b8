import * as tf from "@tensorflow/tfjs-core";
import { packedAttention } from "../../../lm/model/attention/packed.js";
import type { AttentionSettings, LocalSettings } from "../../../lm/model/attention/settings.js";
import { parameters, type Architecture } from "../../../lm/model/architecture.js";
import { batchInputs, batchSpecs } from "../../../lm/data/batch.js";
import { Decoder } from "../../../lm/decode/decoder.js";
import { gradientsOf } from "../../../lm/optim/gradients.js";
import { sampleRollouts, samplerState, samplerSteps } from "../../../lm/decode/sampler.js";
import { argMax } from "../../../lm/decode/sampling.js";
import { batchLoss } from "../../../lm/train/trainer.js";
import { packedLogits } from "../../../lm/model/transformer.js";
import { nativeBackend } from "../../../tensor/backend.js";
import { compile } from "../../../tensor/compile.js";
import type { HostTensors, Tensors } from "../../../tensor/program.js";
import { referenceAttention, seenBy } from "./attention-reference.js";
import { grid, heads, headsOf, keyValueHeads, packed, placesOf, tensorOf, hiddenSize } from "./attention-support.js";
import { expectGradients, type Values } from "./finite-differences.js";
import { batchOf, distance, formulaWeights, tinyArchitecture, tokensOf } from "./support.js";
import { loadTensorFlow } from "../support.js";

jest.setTimeout(120_000);
beforeAll(loadTensorFlow);

const architectureOf = (attention: AttentionSettings) => ({ ...tinyArchitecture({ contextLength: 64 }), attention });
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
      const places = placesOf(documents, length);
      const [q, k, v] = [
        headsOf(1, length, heads),
        headsOf(2, length, keyValueHeads),
        headsOf(3, length, keyValueHeads),
      ];
      const attention = packedAttention(architectureOf(settings), {}, grid(places.segments), grid(places.positions));
      const result = attention(tensorOf(q), tensorOf(k), tensorOf(v), 0, tensorOf(q)).dataSync();
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

  test("has the gradient that differences give, in the whole model", () => {
    const a = architectureOf(settings);
    const row = (salt: number, count: number) => tokensOf(salt, count, a.vocabularySize);
    const batch = batchOf([[row(1, 30), row(2, 5)], [row(3, 38)]], 37);
    const inputs = Object.fromEntries(
      Object.entries(batchInputs(batch)).map(([name, { data, shape, dtype }]) => [name, tf.tensor(data, shape, dtype)]),
    );
    expectGradients((weights) => tf.div(batchLoss(a, weights, inputs), batch.weight), formulaWeights(a) as Values);
  });
});

/** Logits without a cache after each token but the last; operation by operation, which needs no compilation. */
function uncachedLogits(a: Architecture, weights: HostTensors, sequence: number[]): Float32Array {
  const batch = batchOf([[sequence]], sequence.length - 1);
  const forward = (state: Tensors, { tokens, segments, positions }: Tensors) => ({
    outputs: { logits: packedLogits(a, state, tokens!, segments!, positions!) },
  });
  const program = compile(weights, { forward: { inputs: batchSpecs(batch.shape), run: forward } }, { eager: true });
  const { logits } = program.run("forward", batchInputs(batch));
  program.dispose();
  return logits!.data as Float32Array;
}

const sparse: AttentionSettings = { kind: "sparse", window: 8, blockSize: 4, selectedBlocks: 2 };

describe.each([[local(8, 3)], [sparse]])("with the cache, %j", (settings) => {
  test("logits and greedy tokens equal those without", () => {
    const a = architectureOf(settings);
    const weights = formulaWeights(a);
    const decoder = new Decoder(a, weights, { rows: 2, slots: 64 });
    const sequences = [tokensOf(4, 45, a.vocabularySize), tokensOf(5, 3, a.vocabularySize)];
    const cached: Float32Array[][] = [[], []];
    decoder.prefill(sequences);
    for (let i = 0; i < 18; i++) {
      const last = Int32Array.from(sequences, (sequence) => sequence.at(-1)!);
      const positions = Int32Array.from(sequences, (sequence) => sequence.length - 1);
      const logits = decoder.decode(last, positions);
      sequences.forEach((sequence, r) => {
        cached[r]!.push(logits.slice(r * a.vocabularySize, (r + 1) * a.vocabularySize));
        sequence.push(argMax(cached[r]![i]!));
      });
    }
    decoder.dispose();
    sequences.forEach((sequence, r) => {
      const uncached = uncachedLogits(a, weights, sequence).slice(-18 * a.vocabularySize);
      cached[r]!.forEach((logits, i) => {
        const alone = uncached.subarray(i * a.vocabularySize, (i + 1) * a.vocabularySize);
        expect(distance(logits, alone)).toBeLessThan(1e-4);
        expect(argMax(logits)).toBe(argMax(alone));
      });
    });
  });

  if (settings.kind === "sparse")
    test("reinforcement learning refuses to sample, and says why", () => {
      const a = architectureOf(settings);
      const shape = { rows: 2, perPrompt: 1, prompt: 8, response: 4 };
      const make = () => compile({ ...formulaWeights(a), ...samplerState(a, shape) }, samplerSteps(a, shape, 0));
      expect(make).toThrow(expect.objectContaining({ code: "MODEL_INVALID" }));
    });
  else
    test("the sampler's responses are those of greedy decoding", async () => {
      const a = architectureOf(settings);
      const weights = formulaWeights(a);
      const shape = { rows: 2, perPrompt: 1, prompt: 30, response: 19 };
      const prompts = [tokensOf(6, 30, a.vocabularySize), tokensOf(7, 11, a.vocabularySize)];
      const program = compile({ ...weights, ...samplerState(a, shape) }, samplerSteps(a, shape, 0));
      const plan = { shape, stop: [], seed: 1, streams: ["a", "b"] };
      const rollouts = await sampleRollouts(program, prompts, plan, async () => {});
      program.dispose();
      for (const { prompt, response } of rollouts) {
        const logits = uncachedLogits(a, weights, [...prompt, ...response]).slice(-19 * a.vocabularySize);
        const greedy = response.map((_, i) =>
          argMax(logits.subarray(i * a.vocabularySize, (i + 1) * a.vocabularySize)),
        );
        expect(response).toEqual(greedy);
      }
    });
});

test("a window as long as the row is dense attention", () => {
  const places = placesOf([[30, 3, 31], [64]], 64);
  const [q, k, v] = [1, 2, 3].map((salt) => tensorOf(headsOf(salt, 64, salt === 1 ? heads : keyValueHeads)));
  const attend = (settings: AttentionSettings) => {
    const attention = packedAttention(architectureOf(settings), {}, grid(places.segments), grid(places.positions));
    return attention(q!, k!, v!, 0, q!).dataSync();
  };
  expect(distance(attend(local(64)), attend({ kind: "dense" }))).toBeLessThan(2e-6);
});

const floatsOf = (shapes: number[][]): number[] => shapes.map((shape) => shape.reduce((x, y) => x * y, 1));
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
    const sum = (length: number) => floatsOf(tensorsOfStep(settings, length)).reduce((x, y) => x + y, 0);
    expect(sum(2048) / sum(256)).toBeLessThan(8.5);
  },
);

test.each([
  [local(16), 256],
  // Here the scores with the blocks' means are as many as a chunk of them may be.
  [largeSparse, 2048],
] as const)(
  "that of %j makes no tensor more than eight times as large at eight times %i tokens",
  (settings, length) => {
    const largest = (length: number) => Math.max(...floatsOf(tensorsOfStep(settings, length)));
    expect(largest(8 * length) / largest(length)).toBeLessThan(8.5);
  },
);

/** Shapes of all that the native operations of one training step give: forward, backward. */
function tensorsOfStep(settings: AttentionSettings, length: number): number[][] {
  const a = { ...tinyArchitecture({ contextLength: length }), attention: settings };
  const batch = batchOf([[tokensOf(1, length + 1, a.vocabularySize)]], length);
  const shapes: number[][] = [];
  const backend = nativeBackend();
  const spies = (["executeSingleOutput", "executeMultipleOutputs"] as const).map((name) => {
    const original = backend[name].bind(backend) as (...args: unknown[]) => tf.Tensor | tf.Tensor[];
    return jest.spyOn(backend, name).mockImplementation((...args: unknown[]) => {
      const made = original(...args);
      for (const tensor of [made].flat()) shapes.push(tensor.shape);
      return made;
    });
  });
  tf.tidy(() => {
    const inputs = Object.fromEntries(
      Object.entries(batchInputs(batch)).map(([name, { data, shape, dtype }]) => [name, tf.tensor(data, shape, dtype)]),
    );
    const weights = Object.fromEntries(
      Object.entries(formulaWeights(a)).map(([name, { data, shape }]) => [name, tf.tensor(data, shape)]),
    );
    gradientsOf(parameters(a), weights, (weights) => ({ loss: batchLoss(a, weights, inputs) }));
  });
  for (const spy of spies) spy.mockRestore();
  return shapes;
}
