import fc from "fast-check";
import { downsample } from "../../../../report/run/downsample.js";

test("few points stay as they are; values that are not finite are counted and left out", () => {
  expect(downsample([1, 2, 3], [4, NaN, 5], 100)).toEqual({
    points: [
      [1, 4],
      [3, 5],
    ],
    notFinite: 1,
  });
  expect(downsample([], [], 10)).toEqual({ points: [], notFinite: 0 });
  expect(downsample([1], [Infinity], 10)).toEqual({ points: [], notFinite: 1 });
});

test("the first, the last, the least and the largest value are kept, in order, and at most two for each bucket", () => {
  const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 20 }), (found, buckets) => {
      const steps = found.map((_, i) => 3 * i + 1);
      const { points } = downsample(steps, found, buckets);
      expect(points.length).toBeLessThanOrEqual(2 * buckets + 2);
      expect(points[0]).toEqual([1, found[0]]);
      expect(points.at(-1)).toEqual([steps.at(-1), found.at(-1)]);
      const kept = points.map(([, value]) => value);
      expect([Math.min(...kept), Math.max(...kept)]).toEqual([Math.min(...found), Math.max(...found)]);
      expect(points.map(([step]) => step)).toEqual(points.map(([step]) => step).toSorted((a, b) => a - b));
    }),
  );
});

test("a single peak among a million points stays", () => {
  const steps = Float64Array.from({ length: 1_000_000 }, (_, i) => i);
  const values = new Float32Array(steps.length);
  values[123_456] = 7;
  const { points } = downsample(steps, values, 134);
  expect(points).toContainEqual([123_456, 7]);
  expect(points.length).toBeLessThanOrEqual(270);
});
