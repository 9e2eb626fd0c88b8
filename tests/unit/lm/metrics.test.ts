import fc from "fast-check";
import {
  bitsPerByte,
  byteEntropy,
  exactMatch,
  meanAndError,
  outcomeInterval,
  passAtK,
} from "../../../lm/train/metrics.js";
import { scoringWindows } from "../../../lm/data/scoring-windows.js";

test("bits per byte: ln 2 nats are one bit", () => {
  expect(bitsPerByte(8 * Math.LN2, 4)).toBeCloseTo(2, 12);
});

test("order-0 entropy of known distributions", () => {
  expect(byteEntropy(Buffer.from("aaaa"))).toBe(0);
  expect(byteEntropy(Buffer.from("abab"))).toBe(1);
  expect(byteEntropy(Uint8Array.from({ length: 256 }, (_, i) => i))).toBeCloseTo(8, 12);
});

test("exact match looks past case and white space, and at nothing else", () => {
  expect(exactMatch("  The CAPITAL\n is  Paris ", "the capital is paris")).toBe(true);
  expect(exactMatch("Paris.", "Paris")).toBe(false);
  expect(exactMatch("", "Paris")).toBe(false);
});

const bits = (set: number): number => set.toString(2).replaceAll("0", "").length;

test("pass@k is the share of all k of n answers with a right one among them", () => {
  const counts = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat(9), fc.integer({ min: 1, max: 9 }));
  fc.assert(
    fc.property(counts, ([n, right, take]) => {
      const [c, k] = [Math.min(right, n), Math.min(take, n)];
      let [all, passing] = [0, 0];
      for (let chosen = 0; chosen < 2 ** n; chosen++) {
        if (bits(chosen) !== k) continue;
        all += 1;
        if ((chosen & (2 ** c - 1)) !== 0) passing += 1;
      }
      expect(passAtK(n, c, k)).toBeCloseTo(passing / all, 12);
    }),
  );
});

test("pass@k of many answers neither overflows nor leaves [0, 1]", () => {
  expect(passAtK(10_000, 1, 5000)).toBeCloseTo(0.5, 10);
  expect(passAtK(10_000, 5001, 5000)).toBe(1);
  expect(passAtK(10_000, 0, 10_000)).toBe(0);
});

test("mean and standard error", () => {
  expect(meanAndError([1, 2, 3, 4])).toEqual({ mean: 2.5, error: Math.sqrt(5 / 3 / 4) });
  // One value says nothing of how far others lie apart.
  expect(meanAndError([7])).toEqual({ mean: 7, error: undefined });
});

describe("the interval of outcomes", () => {
  const outcomes = (wins: number, ties: number, losses: number) => [
    ...new Array<number>(wins).fill(1),
    ...new Array<number>(ties).fill(0.5),
    ...new Array<number>(losses).fill(0),
  ];

  test("is Wilson's where nothing is tied", () => {
    // Computed with his formula for 8 of 10.
    const { low, high } = outcomeInterval(outcomes(8, 0, 2));
    expect(low).toBeCloseTo(0.490162, 5);
    expect(high).toBeCloseTo(0.943318, 5);
  });

  test("says something where all outcomes are equal", () => {
    const won = outcomeInterval(outcomes(20, 0, 0));
    expect(won.high).toBe(1);
    expect(won.low).toBeGreaterThan(0.8);
    expect(won.low).toBeLessThan(0.9);
    const tied = outcomeInterval(outcomes(0, 20, 0));
    expect([tied.low < 0.4, tied.high > 0.6]).toEqual([true, true]);
  });

  test("ties make it narrower, since they vary less", () => {
    const hiddenSize = ({ low, high }: { low: number; high: number }) => high - low;
    expect(hiddenSize(outcomeInterval(outcomes(10, 80, 10)))).toBeLessThan(
      hiddenSize(outcomeInterval(outcomes(50, 0, 50))) / 2,
    );
  });

  test("holds the mean, inside [0, 1], and is turned round with the outcomes", () => {
    const counts = fc.tuple(fc.nat(50), fc.nat(50), fc.nat(50)).filter(([a, b, c]) => a + b + c > 0);
    fc.assert(
      fc.property(counts, ([wins, ties, losses]) => {
        const all = outcomes(wins, ties, losses);
        const { low, high } = outcomeInterval(all);
        const { mean } = meanAndError(all);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(mean + 1e-12);
        expect(high).toBeGreaterThanOrEqual(mean - 1e-12);
        expect(high).toBeLessThanOrEqual(1);
        const turned = outcomeInterval(outcomes(losses, ties, wins));
        expect(turned.low).toBeCloseTo(1 - high, 10);
      }),
    );
  });
});

test("scoring windows predict every token once, with at least half a context before it where there is so much", () => {
  const cases = fc.tuple(fc.integer({ min: 0, max: 70 }), fc.integer({ min: 2, max: 16 }));
  fc.assert(
    fc.property(cases, ([length, context]) => {
      const document = Array.from({ length }, (_, i) => i + 1);
      const targets: number[] = [];
      for (const { tokens, counted } of scoringWindows(document, 0, context)) {
        expect(tokens.length - 1).toBeLessThanOrEqual(context);
        Array.from(tokens).forEach((token, i) => {
          if (!counted[i]) return;
          targets.push(token);
          // The document's first token is predicted from end-of-text alone, its n-th from n tokens.
          const whole = token === 0 ? length + 1 : token;
          expect(i).toBeGreaterThanOrEqual(Math.min(whole, Math.floor(context / 2)));
        });
      }
      expect(targets).toEqual([...document, 0]);
    }),
  );
});
