import { Decoder } from "../../../lm/decode/decoder.js";
import { generate, type GenerationSettings } from "../../../lm/decode/generate.js";
import { argMax } from "../../../lm/decode/sampling.js";
import type { Batch } from "../../../lm/data/batch.js";
import { compileLogits } from "./logits.js";
import { batchOf, distance, formulaWeights, tinyArchitecture, tokensOf } from "./support.js";
import { loadTensorFlow } from "../support.js";

jest.setTimeout(120_000);
beforeAll(loadTensorFlow);

const a = tinyArchitecture({ contextLength: 64 });
const weights = formulaWeights(a);
const prompts = [3, 40, 1, 33, 17].map((length, i) => tokensOf(i, length, a.vocabularySize));
const greedy: GenerationSettings = { maxNewTokens: 12, temperature: 0, topK: 0, topP: 1, stop: [], seed: 1 };
const noPause = async (): Promise<void> => {};

const slots = 64;
/** Decoders of five, two and one rows, made once: each costs two compilations. */
const decoders = new Map<number, Decoder>();
const decoderOf = (rows: number): Decoder => {
  const decoder = decoders.get(rows) ?? new Decoder(a, weights, { rows, slots });
  decoders.set(rows, decoder);
  return decoder;
};
afterAll(() => decoders.forEach((decoder) => decoder.dispose()));

const decode = (some: number[][], settings: Partial<GenerationSettings> = {}, rows = 5) =>
  generate(decoderOf(rows), some, { ...greedy, ...settings }, noPause);

/** Logits of the token after a sequence, without a cache. */
function recompute(forward: (batch: Batch) => Float32Array, sequence: number[]): Float32Array {
  const logits = forward(batchOf([[[...sequence, 0]]], slots));
  return logits.slice((sequence.length - 1) * a.vocabularySize, sequence.length * a.vocabularySize);
}

test("logits and greedy tokens with the cache equal those without, for prompts of unequal length side by side", () => {
  const { forward, dispose } = compileLogits(a, weights, { rows: 1, length: slots });
  const decoder = decoderOf(5);
  decoder.prefill(prompts);
  const sequences = prompts.map((prompt) => [...prompt]);
  for (let i = 0; i < 12; i++) {
    const tokens = Int32Array.from(sequences, (sequence) => sequence.at(-1)!);
    const positions = Int32Array.from(sequences, (sequence) => sequence.length - 1);
    const logits = decoder.decode(tokens, positions);
    sequences.forEach((sequence, r) => {
      const cached = logits.subarray(r * a.vocabularySize, (r + 1) * a.vocabularySize);
      const uncached = recompute(forward, sequence);
      expect(distance(cached, uncached)).toBeLessThan(1e-4);
      expect(argMax(cached)).toBe(argMax(uncached));
      sequence.push(argMax(cached));
    });
  }
  dispose();
});

test("prompts of unequal length in one batch are answered as one by one", async () => {
  const together = await decode(prompts);
  const alone = [];
  for (const prompt of prompts) alone.push(...(await decode([prompt], {}, 2)));
  expect(together).toEqual(alone);
});

test("sampled answers do not depend on which prompts share a batch, and do depend on the seed", async () => {
  const whole = await decode(prompts, { temperature: 1 }, 5);
  expect(await decode(prompts, { temperature: 1 }, 2)).toEqual(whole);
  expect(await decode(prompts, { temperature: 1, seed: 2 }, 5)).not.toEqual(whole);
});

test("an answer ends at a stop token, at maxNewTokens, or where the context ends, and says which", async () => {
  const [free] = await decode([prompts[0]!]);
  const third = free!.tokens[2]!;
  const [stopped] = await decode([prompts[0]!], { stop: [third] });
  const tokens = free!.tokens.slice(0, free!.tokens.indexOf(third));
  expect(stopped).toEqual({ tokens, reason: "stop", end: third });
  expect(free!.reason).toBe("length");
  const [full, beside] = await decode([tokensOf(9, 60, a.vocabularySize), prompts[0]!], { maxNewTokens: 20 });
  expect(full!.reason).toBe("context");
  expect(full!.tokens).toHaveLength(5);
  expect(beside).toEqual((await decode([prompts[0]!], { maxNewTokens: 20 }))[0]);
});

test("what the cache cannot hold is refused", () => {
  const decoder = decoderOf(2);
  const full = tokensOf(9, slots, a.vocabularySize);
  decoder.prefill([full]);
  const at = (position: number) => decoder.decode(Int32Array.of(1, 1), Int32Array.of(position, 0));
  expect(at(slots - 1)).toHaveLength(2 * a.vocabularySize);
  expect(() => at(slots)).toThrow(expect.objectContaining({ code: "CONTEXT_EXCEEDED" }));
  expect(() => decoder.prefill([[...full, 1]])).toThrow(expect.objectContaining({ code: "CONTEXT_EXCEEDED" }));
  expect(() => decoder.prefill([[]])).toThrow(expect.objectContaining({ code: "DATA_EMPTY" }));
});
