import fc from "fast-check";
import {
  generalizedAdvantages,
  groupAdvantages,
  overlongPenalty,
  tokenWeights,
  whiten,
  type RewardScale,
} from "../../../lm/rl/advantages.js";

const number = fc.double({ min: -5, max: 5, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });
/** Rewards and values of a response's tokens. */
const response = fc
  .integer({ min: 1, max: 12 })
  .chain((n) =>
    fc.tuple(fc.array(number, { minLength: n, maxLength: n }), fc.array(number, { minLength: n, maxLength: n })),
  );
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: number[]): number =>
  values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1);
const expectClose = (got: ArrayLike<number>, expected: ArrayLike<number>, digits = 9): void => {
  expect(got).toHaveLength(expected.length);
  Array.from(expected).forEach((value, i) => expect(got[i]).toBeCloseTo(value, digits));
};

describe("generalized advantage estimation", () => {
  test("is the sum of discounted errors of all tokens to come", () => {
    fc.assert(
      fc.property(response, share, share, ([rewards, values], gamma, lambda) => {
        const errors = rewards.map((reward, t) => reward + gamma * (values[t + 1] ?? 0) - values[t]!);
        const expected = errors.map((_, t) =>
          errors.slice(t).reduce((sum, error, l) => sum + (gamma * lambda) ** l * error, 0),
        );
        const { advantages, returns } = generalizedAdvantages(rewards, values, { gamma, lambda });
        expectClose(advantages, expected);
        expectClose(
          returns,
          expected.map((advantage, t) => advantage + values[t]!),
        );
      }),
    );
  });

  test("with lambda 1 the returns are Monte Carlo's, whatever the values; with lambda 0 one step's error", () => {
    fc.assert(
      fc.property(response, share, ([rewards, values], gamma) => {
        const sums = rewards.map((_, t) => rewards.slice(t).reduce((sum, reward, l) => sum + gamma ** l * reward, 0));
        expectClose(generalizedAdvantages(rewards, values, { gamma, lambda: 1 }).returns, sums);
        const targets = rewards.map((reward, t) => reward + gamma * (values[t + 1] ?? 0));
        expectClose(generalizedAdvantages(rewards, values, { gamma, lambda: 0 }).returns, targets);
      }),
    );
  });

  test("gamma discounts a reward at the end once a token", () => {
    const { returns } = generalizedAdvantages([0, 0, 0, 8], [0, 0, 0, 0], { gamma: 0.5, lambda: 1 });
    expect(Array.from(returns)).toEqual([1, 2, 4, 8]);
  });
});

describe("whitening", () => {
  test("gives mean 0 and unbiased variance 1 over the tokens of all responses together, and nothing else counts", () => {
    const lists = fc.array(fc.array(number, { maxLength: 6 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(lists, (responses) => {
        const all = responses.flat();
        fc.pre(all.length > 1 && variance(all) > 1e-3);
        const white = whiten(responses.map((list) => Float64Array.from(list)));
        expect(white.map((list) => list.length)).toEqual(responses.map((list) => list.length));
        const flat = white.flatMap((list) => Array.from(list));
        expect(mean(flat)).toBeCloseTo(0, 9);
        expect(variance(flat)).toBeCloseTo(variance(all) / (variance(all) + 1e-8), 9);
        const [first, last] = [all.indexOf(Math.max(...all)), all.indexOf(Math.min(...all))];
        expect(flat[first]! - flat[last]!).toBeCloseTo((all[first]! - all[last]!) / Math.sqrt(variance(all)), 3);
      }),
    );
  });

  test("divides by n − 1", () => {
    expectClose(
      whiten([Float64Array.of(1), Float64Array.of(3)]).flatMap((list) => Array.from(list)),
      [-Math.SQRT1_2, Math.SQRT1_2],
      7,
    );
  });

  test("equal advantages, or a single one, become 0", () => {
    expectClose(whiten([Float64Array.of(0.1, 0.1, 0.1)])[0]!, [0, 0, 0]);
    expect(whiten([Float64Array.of(7)])).toEqual([Float64Array.of(0)]);
  });
});

describe("advantages within groups", () => {
  const scales: RewardScale[] = ["group", "batch", "none"];

  test("are a group's deviations over the standard deviation of the group, of the batch, or as they are", () => {
    const size = fc.integer({ min: 2, max: 5 });
    const groups = size.chain((n) =>
      fc.array(fc.array(number, { minLength: n, maxLength: n }), { minLength: 1, maxLength: 4 }),
    );
    fc.assert(
      fc.property(groups, fc.constantFrom(...scales), (rewards, scale) => {
        const divisor = (group: number[]): number =>
          scale === "none" ? 1 : Math.sqrt(variance(scale === "group" ? group : rewards.flat())) + 1e-4;
        const expected = rewards.flatMap((group) => group.map((reward) => (reward - mean(group)) / divisor(group)));
        expectClose(groupAdvantages(rewards.flat(), rewards[0]!.length, scale), expected, 6);
      }),
    );
  });

  test.each(scales)("a group of equal rewards gets exactly 0, also where their mean is rounded (%s)", (scale) => {
    const advantages = groupAdvantages([0.1, 0.1, 0.1, 1, 0, 0, 0.7, 0.7, 0.7], 3, scale);
    expect(advantages.slice(0, 3)).toEqual([0, 0, 0]);
    expect(advantages.slice(6)).toEqual([0, 0, 0]);
    expect(advantages[3]).toBeGreaterThan(0);
    expect(advantages[4]).toBeLessThan(0);
  });

  test("a group of one gets 0", () => {
    expect(groupAdvantages([3, -1], 1, "group")).toEqual([0, 0]);
  });
});

describe("weights of tokens", () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 });
  /** The weights of a response's tokens together. */
  const sums = (counts: number[], type: Parameters<typeof tokenWeights>[1]): number[] =>
    tokenWeights(counts, type, 20).map((weight, i) => weight * counts[i]!);

  test("grpo: each response counts the same, all together 1", () => {
    fc.assert(
      fc.property(lengths, (counts) =>
        expectClose(
          sums(counts, "grpo"),
          counts.map(() => 1 / counts.length),
        ),
      ),
    );
  });

  test("dapo: each token counts the same, all together 1", () => {
    fc.assert(
      fc.property(lengths, (counts) => {
        const total = counts.reduce((sum, count) => sum + count, 0);
        expectClose(
          sums(counts, "dapo"),
          counts.map((count) => count / total),
        );
      }),
    );
  });

  test("dr_grpo: each token counts the same in every batch of as many responses, as if all were longest", () => {
    fc.assert(
      fc.property(lengths, (counts) => {
        expectClose(
          tokenWeights(counts, "dr_grpo", 20),
          counts.map(() => 1 / (20 * counts.length)),
        );
        expect(sums(counts, "dr_grpo").reduce((a, b) => a + b)).toBeLessThan(1 + 1e-9);
      }),
    );
  });
});

describe("DAPO's soft overlong punishment", () => {
  test.each([
    [1, 0],
    [6, 0],
    [7, 0.125],
    [8, 0.25],
    [10, 0.5],
  ])("of %d tokens of at most 10, with a cache of 4 and a penalty of 0.5: %d", (length, expected) => {
    expect(overlongPenalty(length, 10, { cache: 4, penalty: 0.5 })).toBe(expected);
  });

  test("a cache as long as the longest response charges every token", () => {
    expect([1, 2, 4].map((length) => overlongPenalty(length, 4, { cache: 4, penalty: 1 }))).toEqual([0.25, 0.5, 1]);
  });
});
