import fc from "fast-check";
import { nextKlCoefficient } from "../../../lm/rl/kl-controller.js";

const settings = { target: 6, horizon: 1000 };

test("the coefficient grows where the divergence is above the target, shrinks below, and stays at it", () => {
  expect(nextKlCoefficient(0.1, 6.6, 50, settings)).toBeCloseTo(0.1 * (1 + (0.1 * 50) / 1000), 12);
  expect(nextKlCoefficient(0.1, 5.4, 50, settings)).toBeCloseTo(0.1 * (1 - (0.1 * 50) / 1000), 12);
  expect(nextKlCoefficient(0.1, 6, 50, settings)).toBe(0.1);
});

test("an error counts at most 20 %, also where the estimate of the divergence is negative", () => {
  expect(nextKlCoefficient(0.1, 600, 50, settings)).toBeCloseTo(0.1 * (1 + (0.2 * 50) / 1000), 12);
  expect(nextKlCoefficient(0.1, -3, 50, settings)).toBeCloseTo(0.1 * (1 - (0.2 * 50) / 1000), 12);
});

test("without a target it stays", () => {
  expect(nextKlCoefficient(0.1, 600, 50, { target: undefined, horizon: 1000 })).toBe(0.1);
});

test("it stays positive and within 20 % of what it was, however short the horizon", () => {
  const positive = fc.double({ min: 0.001, max: 1000, noNaN: true });
  const divergence = fc.double({ min: -1000, max: 1000, noNaN: true });
  fc.assert(
    fc.property(
      positive,
      divergence,
      fc.integer({ min: 1, max: 10_000 }),
      positive,
      positive,
      (beta, kl, n, target, horizon) => {
        const change = nextKlCoefficient(beta, kl, n, { target, horizon }) / beta;
        expect(change).toBeGreaterThan(0.8 - 1e-9);
        expect(change).toBeLessThan(1.2 + 1e-9);
      },
    ),
  );
});
