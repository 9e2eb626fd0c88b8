import { calibration, pairAccuracy, scoreHistogram } from "../../../lm/train/preferences.js";

const pair = (gap: number) => ({ chosen: gap, rejected: 0 });

test("accuracy: equal scores count half", () => {
  expect(pairAccuracy([pair(2), pair(-1), pair(0), pair(0.5)])).toBe(0.625);
  expect(pairAccuracy([])).toBe(0);
});

test("a model that is sure and always right is calibrated; one that is sure and right half of the time is off by a half", () => {
  expect(calibration(Array.from({ length: 20 }, () => pair(20))).error).toBeCloseTo(0, 6);
  const unsure = Array.from({ length: 20 }, (_, i) => pair(i % 2 ? 20 : -20));
  expect(calibration(unsure).error).toBeCloseTo(0.5, 6);
  expect(calibration(unsure).bins).toEqual([{ confidence: expect.closeTo(1, 6), accuracy: 0.5, pairs: 20 }]);
});

test("predictions drawn at their own probability are calibrated, whichever side wins", () => {
  // σ(ln 3) = ¾: three of four pairs come out as predicted.
  const pairs = Array.from({ length: 400 }, (_, i) => pair(i % 4 === 0 ? -Math.log(3) : Math.log(3)));
  expect(calibration(pairs).error).toBeCloseTo(0, 6);
});

test("histograms count every score once, ends included", () => {
  const { least, most, chosen, rejected } = scoreHistogram([pair(1), pair(3), { chosen: 3, rejected: -1 }]);
  expect([least, most]).toEqual([-1, 3]);
  expect(chosen[19]).toBe(2);
  expect(chosen.reduce((sum, count) => sum + count)).toBe(3);
  expect(rejected[0]).toBe(1);
  expect(rejected[5]).toBe(2);
});
