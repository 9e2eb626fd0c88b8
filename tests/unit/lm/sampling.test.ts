import fc from "fast-check";
import { sampleToken, type SamplingSettings } from "../../../lm/decode/sampling.js";

const logits = Float32Array.of(1, 3, 0, 2);
const plain: SamplingSettings = { temperature: 1, topK: 0, topP: 1 };
const draw = (changes: Partial<SamplingSettings>, count = 4000): number[] => {
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) counts[sampleToken(logits, { ...plain, ...changes }, (i + 0.5) / count)]!++;
  return counts.map((n) => n / count);
};

test("temperature 0 takes the most probable, the lower id in a tie", () => {
  expect(sampleToken(logits, { ...plain, temperature: 0 }, 0.99)).toBe(1);
  expect(sampleToken(Float32Array.of(0, 5, 5), { ...plain, temperature: 0 }, 0.99)).toBe(1);
});

test.each([0.5, 1, 2])("at temperature %d the shares are softmax(logits / temperature)", (temperature) => {
  const weights = Array.from(logits, (logit) => Math.exp(logit / temperature));
  const total = weights.reduce((a, b) => a + b);
  draw({ temperature }).forEach((share, id) => expect(share).toBeCloseTo(weights[id]! / total, 2));
});

test("top-k keeps the k most probable and their proportions", () => {
  const shares = draw({ topK: 2 });
  expect(shares[0]! + shares[2]!).toBe(0);
  expect(shares[1]! / shares[3]!).toBeCloseTo(Math.E, 1);
});

test("top-p keeps the fewest that reach the share", () => {
  // softmax: 0.087, 0.644, 0.032, 0.237
  expect(draw({ topP: 0.6 })).toEqual([0, 1, 0, 0]);
  expect(draw({ topP: 0.8 }).map((share) => share > 0)).toEqual([false, true, false, true]);
  expect(draw({ topP: 0.95 }).map((share) => share > 0)).toEqual([true, true, false, true]);
});

test("min-p keeps those at least so probable beside the most probable one", () => {
  // Beside the most probable one: 0.135, 1, 0.050, 0.368
  expect(draw({ minP: 0.1 }).map((share) => share > 0)).toEqual([true, true, false, true]);
  expect(draw({ minP: 0.3, topK: 3 }).map((share) => share > 0)).toEqual([false, true, false, true]);
  expect(draw({ minP: 1 })).toEqual([0, 1, 0, 0]);
});

test("the repetition penalty makes what has occurred less likely, once for each token, whatever its sign", () => {
  const greedy = { ...plain, temperature: 0, repetitionPenalty: 2 };
  expect(sampleToken(logits, greedy, 0, [1])).toBe(3);
  expect(sampleToken(logits, greedy, 0, [1, 1, 1, 3])).toBe(1);
  expect(sampleToken(Float32Array.of(-1, -1.5), greedy, 0, [0])).toBe(1);
  expect(logits).toEqual(Float32Array.of(1, 3, 0, 2));
});

test("of equal logits the lower ids are kept, also of 0 and -0", () => {
  const equal = Float32Array.of(-1, 0, -0, 0, -2);
  const drawn = [0, 0.5, 0.99].map((u) => sampleToken(equal, { ...plain, topK: 2 }, u));
  expect(drawn).toEqual([1, 2, 2]);
});

test("always gives an id", () => {
  const anyLogits = fc.array(fc.float({ min: -30, max: 30, noNaN: true }), { minLength: 1, maxLength: 20 });
  const settings = fc.record({
    temperature: fc.double({ min: 0, max: 5, noNaN: true }),
    topK: fc.nat(25),
    topP: fc.double({ min: 0.01, max: 1, noNaN: true }),
    minP: fc.double({ min: 0, max: 1, noNaN: true }),
    repetitionPenalty: fc.double({ min: 0.1, max: 3, noNaN: true }),
  });
  fc.assert(
    fc.property(anyLogits, settings, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (l, s, u) => {
      const id = sampleToken(Float32Array.from(l), s, u, [0, l.length - 1]);
      expect(Number.isInteger(id) && id >= 0 && id < l.length).toBe(true);
    }),
  );
});
