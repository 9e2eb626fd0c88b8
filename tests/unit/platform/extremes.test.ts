import { greatest, least } from "../../../platform/extremes.js";

test("of any number of values", () => {
  const many = Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 300_007);
  expect(greatest(many)).toBe(many.toSorted((a, b) => b - a)[0]);
  expect(least(many)).toBe(many.toSorted((a, b) => a - b)[0]);
  expect([least([3, -1, 2]), greatest([-3, -1, -2])]).toEqual([-1, -1]);
  expect([least([]), greatest([])]).toEqual([Infinity, -Infinity]);
});
