import type { AttentionSettings } from "../../../lm/model/attention/settings.js";

import { argMax, CachedLogits } from "./cached-logits.js";
import { compileLogits } from "./logits.js";
import { makeBatch, distance, formulaWeights, tinyArchitecture, makeTokens } from "./support.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

const contextLength = 300;
const kinds: AttentionSettings[] = [
  { kind: "dense" },
  { kind: "local", window: 5, sinks: 2 },
  { kind: "local", window: 290, sinks: 0 },
  { kind: "sparse", window: 8, blockSize: 4, selectedBlocks: 2 },
];

describe.each(kinds)("%j", (attention) => {
  const a = { ...tinyArchitecture({ contextLength }), attention };
  const weights = formulaWeights(a);
  const made: { dispose(): void }[] = [];
  afterAll(() => made.forEach((one) => one.dispose()));
  const cacheOf = (size: { rows: number; tokens: number; samples?: number }): CachedLogits => {
    const cache = new CachedLogits(a, weights, size);
    made.push(cache);
    return cache;
  };
  let uncached: (sequence: readonly number[]) => Float32Array;
  beforeAll(() => {
    const { forward, dispose } = compileLogits(a, weights, { rows: 1, length: contextLength });
    made.push({ dispose });
    uncached = (sequence) => forward(makeBatch([[[...sequence, 0].slice(0, contextLength + 1)]], contextLength));
  });

  /**
   * Continues each sequence by its most probable tokens, and compares what followed each token with
   * and without the cache.
   */
  function expectSame(cache: CachedLogits, sequences: number[][], steps = 1): void {
    const starts = sequences.map(({ length }) => length);
    const cached = sequences.map((): Float32Array[] => []);
    for (let i = 0; i < steps; i++)
      cache.next(sequences).forEach((logits, r) => {
        cached[r]!.push(logits);
        sequences[r]!.push(argMax(logits));
      });
    sequences.forEach((sequence, r) => {
      const all = uncached(sequence);
      cached[r]!.forEach((logits, i) => {
        const end = (starts[r]! + i) * a.vocabularySize;
        const expected = all.subarray(end - a.vocabularySize, end);
        expect(distance(logits, expected)).toBeLessThan(1e-4);
        expect(argMax(logits)).toBe(argMax(expected));
      });
    });
  }

  test("logits with the cache equal those without, for prompts of unequal length read in chunks, up to the context", () => {
    // Chunks of 128 and of 32 tokens, whole and in part, and none.
    const sequences = [5, 90, 1, 170, 292].map((length, i) => makeTokens(i, length, a.vocabularySize));
    const cache = cacheOf({ rows: 5, tokens: contextLength });
    cache.readAll(sequences);
    expectSame(cache, sequences, 8);
    expectSame(cache, [...sequences.slice(0, 4), [1]], 30);
  });

  test("a row that held one sequence holds the next as if it were empty, while the others continue", () => {
    const [going, first, second] = [40, 120, 33].map((length, i) => makeTokens(10 + i, length, a.vocabularySize));
    const cache = cacheOf({ rows: 2, tokens: contextLength });
    cache.readAll([going!, first!]);
    expectSame(cache, [going!, first!], 5);
    cache.read([{ rows: [1], held: 0, rest: second!.slice(0, -1) }]);
    expectSame(cache, [going!, second!], 5);
  });

  test("a prompt that several rows begin with is read once for them, and each goes its own way", () => {
    const prompt = makeTokens(20, 45, a.vocabularySize);
    const other = makeTokens(21, 3, a.vocabularySize);
    const cache = cacheOf({ rows: 5, tokens: 100, samples: 3 });
    cache.read([
      { rows: [0, 2, 4], held: 0, rest: prompt.slice(0, -1) },
      { rows: [3], held: 0, rest: other.slice(0, -1) },
    ]);
    const rows = [prompt, [7], prompt, other, prompt].map((sequence) => [...sequence]);
    expectSame(cache, rows);
    // Not by the token that the logits say, which three of the rows have in common.
    rows.forEach((row, r) => (row[row.length - 1] = 3 + r));
    expectSame(cache, rows, 4);
  });

  test("a sequence continues from what its row holds", () => {
    const cache = cacheOf({ rows: 1, tokens: contextLength });
    const sequence = makeTokens(30, 200, a.vocabularySize);
    cache.read([{ rows: [0], held: 0, rest: sequence.slice(0, 50) }]);
    cache.read([{ rows: [0], held: 50, rest: sequence.slice(50, 73) }]);
    cache.read([{ rows: [0], held: 73, rest: sequence.slice(73, -1) }]);
    expectSame(cache, [sequence]);
  });
});
