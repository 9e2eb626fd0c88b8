import type { Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { drawTokens } from "../../../lm/decode/sampler.js";
import { compile } from "../../../tensor/compile.js";
import { RandomStream } from "../../../platform/random.js";
import { floats, loadTensorFlow } from "../support.js";
import { logShares } from "./rollouts.js";
import { noise } from "./support.js";

jest.setTimeout(60_000);
beforeAll(loadTensorFlow);

/** Uniform numbers are multiples of this. */
const grain = 2 ** -23;

/** Calls `work` with a function that draws from rows of logits: compiled by XLA as in prefill, or kernel by kernel as in decoding. */
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
          outputs: { tokens: drawTokens(logits as Tensor2D, uniforms as Tensor1D, temperature) },
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

/** Cumulative softmax, in double precision. */
function cumulative(logits: Float32Array): Float64Array {
  let sum = 0;
  const sums = Float64Array.from(logits, (logit) => (sum += Math.exp(logit)));
  return sums.map((value) => value / sum);
}
