import { longTextMetrics } from "../../../activities/evaluate/long-text-metrics.js";

const range = (from: number, to: number, bitsPerByte: number, bytes: number) => ({ from, to, bitsPerByte, bytes });
const metricsOf = (...ranges: ReturnType<typeof range>[]) =>
  longTextMetrics({ byPosition: { ranges, windows: 1, contextLength: ranges.at(-1)!.to } });

test("halves are means over bytes", () => {
  const metrics = metricsOf(range(0, 8, 4, 10), range(8, 16, 1, 20), range(16, 32, 2, 30));
  expect(metrics).toEqual({ earlyBitsPerByte: 2, lateBitsPerByte: 2 });
});

test("a half without a byte has no bits per byte", () => {
  expect(metricsOf(range(0, 1, 3, 4))).toEqual({ lateBitsPerByte: 3 });
});

test("needles: the greatest length stands with its interval, its number and what chance finds", () => {
  const ofLength = (found: number, guess: number, anyStatement: number) => ({
    needles: 400,
    found,
    low: found / 2,
    high: 2 * found,
    guess,
    anyStatement,
    withinReach: 0.1,
  });
  const needle = {
    lengths: [2048, 256],
    depths: [0, 1],
    found: [
      [0.2, 0.4],
      [0.8, 1],
    ],
    byLength: [ofLength(0.3, 1 / 12, 1 / 6), ofLength(0.9, 1 / 12, 1 / 6)],
    samples: 200,
    distractors: 5,
    statement: "{key} {value}",
    question: "{key} {value}",
  };
  expect(longTextMetrics({ needle })).toEqual({
    needlesFound: expect.closeTo(0.6, 12) as number,
    needlesFoundLongest: 0.3,
    needlesFoundLongestLow: 0.15,
    needlesFoundLongestHigh: 0.6,
    needlesLongest: 400,
    needlesByChance: 1 / 6,
    needlesWithinReach: 0.1,
  });
});
