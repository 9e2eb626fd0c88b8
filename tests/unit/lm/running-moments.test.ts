import fc from "fast-check";
import { addToMoments, normalized } from "../../../lm/rl/running-moments.js";

const none = { count: 0, mean: 0, squares: 0 };
const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { maxLength: 8 });

test("moments of parts are those of all values, and normalized values have mean 0 and deviation 1", () => {
  fc.assert(
    fc.property(fc.array(values, { minLength: 1, maxLength: 5 }), (parts) => {
      const all = parts.flat();
      fc.pre(all.length > 1);
      const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
      const squares = all.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      const moments = parts.reduce(addToMoments, none);
      expect(moments.count).toBe(all.length);
      expect(moments.mean).toBeCloseTo(mean, 8);
      expect(moments.squares).toBeCloseTo(squares, 6);
      const deviation = Math.sqrt(squares / (all.length - 1) + 1e-8);
      normalized(all, moments).forEach((value, i) => expect(value).toBeCloseTo((all[i]! - mean) / deviation, 3));
    }),
  );
});

test("equal rewards, or a single one, become 0", () => {
  expect(normalized([0.5, 0.5], addToMoments(none, [0.5, 0.5]))).toEqual([0, 0]);
  expect(normalized([3], addToMoments(none, [3]))).toEqual([0]);
});
