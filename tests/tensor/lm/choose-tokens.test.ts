import type { Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { chooseTokens } from "../../../lm/decode/choose-tokens.js";
import type { SamplingSettings } from "../../../lm/decode/sampling.js";

import { compile } from "../../../tensor/compile.js";
import { RandomStream } from "../../../platform/random.js";
import { floats, loadTensorFlow } from "../support.js";
import { logShares } from "./rollouts.js";
import { noise } from "./support.js";
beforeAll(loadTensorFlow);

/** Uniform numbers are multiples of this. */
const grain = 2 ** -23;

/**
 * Calls `work` with a function that draws from rows of logits: compiled by XLA as in prefill, or
 * kernel by kernel as in decoding.
 */
function withDraws<T>(
  { fused, rows, vocabulary, temperature }: { fused: boolean; rows: number; vocabulary: number; temperature: number },
  work: (draw: (logits: Float32Array, uniforms: ArrayLike<number>) => number[]) => T,
): T {
  const program = compile(
    {},
    {
      draw: {
        ...(!fused && { fuse: false as const }),
        inputs: {
          logits: { dtype: "float32", shape: [rows, vocabulary] },
          uniforms: { dtype: "float32", shape: [rows] },
        },
        run: (_, { logits, uniforms }) => ({
          outputs: {
            tokens: chooseTokens(logits as Tensor2D, uniforms as Tensor1D, { temperature, topK: 0, topP: 1 }),
          },
        }),
      },
    },
  );
  try {
    return work((logits, uniforms) => {
      const inputs = { logits: floats([rows, vocabulary], logits), uniforms: floats([rows], uniforms) };
      return Array.from(program.run("draw", inputs)["tokens"]!.data);
    });
  } finally {
    program.dispose();
  }
}

describe.each([
  ["fused", true],
  ["kernel by kernel", false],
])("%s", (_, fused) => {
  test.each([
    [100, 0.7],
    [29, 1],
    [65, 1.8],
  ])("of %i tokens each comes as often as softmax(logits / %d) says", (vocabulary, temperature) => {
    const rows = 20_000;
    const logits = new RandomStream(1, "logits").normals(vocabulary);
    const all = new Float32Array(rows * vocabulary);
    for (let r = 0; r < rows; r++) all.set(logits, r * vocabulary);
    const stream = new RandomStream(2, "draws");
    const uniforms = Float32Array.from({ length: rows }, (_, r) => Math.floor(stream.uniform(r) / grain) * grain);
    const drawn = withDraws({ fused, rows, vocabulary, temperature }, (draw) => draw(all, uniforms));
    const counts = new Float64Array(vocabulary);
    for (const token of drawn) counts[token]!++;
    const square = logShares(logits, temperature).reduce((sum, share, token) => {
      const expected = Math.exp(share) * rows;
      return sum + (counts[token]! - expected) ** 2 / expected;
    }, 0);
    // Chi-square's 99.9th percentile, by Wilson and Hilferty.
    const freedom = vocabulary - 1;
    expect(square).toBeLessThan(freedom * (1 - 2 / (9 * freedom) + 3.09 * Math.sqrt(2 / (9 * freedom))) ** 3);
  });

  // A single row is multiplied by another kernel than many are.
  test.each([
    [1, 300, 400],
    [40, 1, 1],
    [40, 2, 5],
    [40, 64, 5],
    [40, 65, 5],
    [3, 4097, 4],
  ])("%i rows of %i tokens: one whose probability is 0 is never drawn", (rows, vocabulary, times) => {
    withDraws({ fused, rows, vocabulary, temperature: 1 }, (draw) => {
      for (let time = 0; time < times; time++) {
        const random = noise(time, 3 * rows).map((value) => (value + 1) / 2);
        const values = noise(1000 + time, rows * vocabulary);
        const logits = Float32Array.from(values, (value, i) => {
          const r = Math.floor(i / vocabulary);
          // At least one token stays; whole blocks, the first and the last are often gone.
          const stays = i % vocabulary === Math.floor(random[r]! * vocabulary);
          return stays || Math.abs(value) < random[rows + r]! ** 3 ? 1e4 * (value % 1e-3) : -1e4;
        });
        const sums = Array.from({ length: rows }, (_, r) =>
          cumulative(logits.subarray(r * vocabulary, (r + 1) * vocabulary)),
        );
        // The least and the largest number, and those at which one token's interval ends.
        const uniforms = sums.map((sum, r) => {
          const choice = Math.floor(random[2 * rows + r]! * vocabulary);
          const end = Math.round(sum[choice]! / grain) + ((r + time) % 5) - 2;
          return time % 7 === 0 ? 0 : time % 7 === 1 ? 1 - grain : Math.min(Math.max(0, end * grain), 1 - grain);
        });
        draw(logits, uniforms).forEach((token, r) => {
          if (!(logits[r * vocabulary + token]! > -1e4))
            throw new Error(`drew the impossible token ${token} at ${uniforms[r]}`);
          // The number falls into the token's interval, but for rounding at its ends.
          expect(sums[r]![token - 1] ?? 0).toBeLessThan(uniforms[r]! + 2e-6);
          expect(sums[r]![token]!).toBeGreaterThan(uniforms[r]! - 2e-6);
        });
      }
    });
  });

  test("temperature 0 draws the most probable", () => {
    const logits = Float32Array.of(1, 3, 2, -1, -4, -2);
    const drawn = withDraws({ fused, rows: 2, vocabulary: 3, temperature: 0 }, (draw) => draw(logits, [0.9, 0.1]));
    expect(drawn).toEqual([1, 0]);
  });
});

const plain: SamplingSettings = { temperature: 1, topK: 0, topP: 1 };

/** One draw from each row of logits, operation by operation. */
function choose(rows: readonly ArrayLike<number>[], settings: SamplingSettings, uniforms: number[], seen?: number[][]) {
  const [count, vocabulary] = [rows.length, rows[0]!.length];
  const occurred =
    seen &&
    floats(
      [count, vocabulary],
      rows.flatMap((_, r) =>
        Array.from({ length: vocabulary }, (_, id) => seen[r]!.filter((one) => one === id).length),
      ),
    );
  const program = compile(
    {},
    {
      choose: {
        inputs: {
          logits: { dtype: "float32", shape: [count, vocabulary] },
          uniforms: { dtype: "float32", shape: [count] },
          ...(occurred && { seen: { dtype: "float32", shape: [count, vocabulary] } }),
        },
        run: (_, inputs) => ({
          outputs: {
            tokens: chooseTokens(
              inputs["logits"] as Tensor2D,
              inputs["uniforms"] as Tensor1D,
              settings,
              inputs["seen"],
            ),
          },
        }),
      },
    },
    { eager: true },
  );
  const inputs = {
    logits: floats(
      [count, vocabulary],
      rows.flatMap((row) => Array.from(row)),
    ),
    uniforms: floats([count], uniforms),
    ...(occurred && { seen: occurred }),
  };
  const tokens = Array.from(program.run("choose", inputs)["tokens"]!.data);
  program.dispose();
  return tokens;
}

/** Uniform numbers in the middles of `count` equal parts, as multiples of the grain. */
const spread = (count: number) =>
  Array.from({ length: count }, (_, i) => Math.floor((i + 0.5) / count / grain) * grain);

/** Shares of what is drawn from one row of logits. */
function shares(logits: ArrayLike<number>, settings: Partial<SamplingSettings>, count = 4000): number[] {
  const drawn = choose(new Array<ArrayLike<number>>(count).fill(logits), { ...plain, ...settings }, spread(count));
  return Array.from(logits, (_, id) => drawn.filter((token) => token === id).length / count);
}

const four = Float32Array.of(1, 3, 0, 2);

test("temperature 0 takes the most probable, the lower id in a tie", () => {
  const greedy = { ...plain, temperature: 0 };
  expect(choose([four, Float32Array.of(0, 5, 5, 1)], greedy, [0.99, 0.99])).toEqual([1, 1]);
  expect(choose([Float32Array.of(2)], greedy, [0.5])).toEqual([0]);
});

test("top-k keeps the k most probable and their proportions", () => {
  const kept = shares(four, { topK: 2 });
  expect(kept[0]! + kept[2]!).toBe(0);
  expect(kept[1]! / kept[3]!).toBeCloseTo(Math.E, 1);
  expect(shares(four, { topK: 1 })).toEqual([0, 1, 0, 0]);
  expect(shares(four, { topK: 4 })).toEqual(shares(four, {}));
  expect(shares(four, { topK: 9 })).toEqual(shares(four, {}));
});

test("top-p keeps the fewest that reach the share", () => {
  // softmax: 0.087, 0.644, 0.032, 0.237
  expect(shares(four, { topP: 0.6 })).toEqual([0, 1, 0, 0]);
  expect(shares(four, { topP: 1e-6 })).toEqual([0, 1, 0, 0]);
  expect(shares(four, { topP: 0.8 }).map((share) => share > 0)).toEqual([false, true, false, true]);
  expect(shares(four, { topP: 0.95 }).map((share) => share > 0)).toEqual([true, true, false, true]);
});

test("min-p keeps those at least so probable beside the most probable one", () => {
  // Beside the most probable one: 0.135, 1, 0.050, 0.368
  expect(shares(four, { minP: 0.1 }).map((share) => share > 0)).toEqual([true, true, false, true]);
  expect(shares(four, { minP: 0.3, topK: 3 }).map((share) => share > 0)).toEqual([false, true, false, true]);
  expect(shares(four, { minP: 1 })).toEqual([0, 1, 0, 0]);
});

test("the repetition penalty makes what has occurred less likely, once for each token, whatever its sign", () => {
  const greedy = { ...plain, temperature: 0, repetitionPenalty: 2 };
  expect(choose([four, four], greedy, [0, 0], [[1], [1, 1, 1, 3]])).toEqual([3, 1]);
  expect(choose([Float32Array.of(-1, -1.5)], greedy, [0], [[0]])).toEqual([1]);
});

test("of equal logits the lower ids are kept, also of 0 and -0", () => {
  const equal = Float32Array.of(-1, 0, -0, 0, -2);
  expect(choose([equal, equal, equal], { ...plain, topK: 2 }, [0, 0.5, 0.99])).toEqual([1, 2, 2]);
  const alike = new Float32Array(50);
  expect(new Set(choose(new Array<Float32Array>(400).fill(alike), { ...plain, topK: 7 }, spread(400)))).toEqual(
    new Set([0, 1, 2, 3, 4, 5, 6]),
  );
  expect(new Set(choose(new Array<Float32Array>(400).fill(alike), { ...plain, topP: 0.13 }, spread(400)))).toEqual(
    new Set([0, 1, 2, 3, 4, 5, 6]),
  );
});

/**
 * What is kept of logits, by sorting them, in double precision: [id, weight], most probable first.
 */
function keptBySorting(logits: ArrayLike<number>, { temperature, topK, topP, minP = 0 }: SamplingSettings) {
  const highest = Math.max(...Array.from(logits));
  const all = Array.from(logits, (logit, id) => [id, Math.exp((logit - highest) / temperature)] as const);
  all.sort(([a, x], [b, y]) => y - x || a - b);
  const first = topK > 0 ? all.slice(0, topK) : all;
  const total = first.reduce((sum, [, weight]) => sum + weight, 0);
  let sum = 0;
  const end = first.findIndex(([, weight]) => (sum += weight) >= topP * total * (1 - 1e-9));
  return (topP === 1 ? first : first.slice(0, end + 1)).filter(([, weight]) => weight >= minP);
}

test("all filters together keep what sorting keeps, and draw it as often", () => {
  for (let salt = 0; salt < 12; salt++) {
    const size = [7, 60, 200][salt % 3]!;
    const logits = Float32Array.from(noise(salt, size), (value) => Math.round(value * 40) / 8);
    const settings = {
      temperature: [0.5, 1, 2][salt % 3]!,
      topK: [0, 5, 25][salt % 3]!,
      topP: [0.37, 0.83, 0.96, 1][salt % 4]!,
      minP: salt % 2 ? 0.021 : 0,
    };
    const kept = keptBySorting(logits, settings);
    const total = kept.reduce((sum, [, weight]) => sum + weight, 0);
    const drawn = shares(logits, settings, 2000);
    const expected = new Map(kept.map(([id, weight]) => [id, weight / total]));
    drawn.forEach((share, id) => expect(Math.abs(share - (expected.get(id) ?? 0))).toBeLessThan(1e-3));
    expect(drawn.flatMap((share, id) => (share > 0 && !expected.has(id) ? [id] : []))).toEqual([]);
  }
});

test("always gives an id", () => {
  for (let salt = 0; salt < 20; salt++) {
    const [a, b, c, d, u] = Array.from(noise(900 + salt, 5), (value) => (value + 1) / 2) as [number, number, number, number, number]; // prettier-ignore
    const logits = Float32Array.from(noise(salt, 1 + Math.floor(20 * a)), (value) => 30 * value);
    const settings = { temperature: 5 * b + 1e-3, topK: Math.floor(25 * c), topP: Math.max(0.01, d), minP: a, repetitionPenalty: 0.1 + 3 * b }; // prettier-ignore
    const [id] = choose([logits], settings, [Math.floor(u / grain) * grain], [[0, logits.length - 1]]);
    expect(id! >= 0 && id! < logits.length).toBe(true);
  }
});

/** Cumulative softmax, in double precision. */
function cumulative(logits: Float32Array): Float64Array {
  let sum = 0;
  const sums = Float64Array.from(logits, (logit) => (sum += Math.exp(logit)));
  return sums.map((value) => value / sum);
}
