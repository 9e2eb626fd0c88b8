import { append, sliceList } from "../../../platform/lists.js";

test("a list of whatever length is appended", () => {
  const list = [0];
  append(
    list,
    Array.from({ length: 500_000 }, (_, i) => i + 1),
  );
  expect(list).toHaveLength(500_001);
  expect(list.at(-1)).toBe(500_000);
});

test("slices hold a list in order; of nothing there is one that is empty", () => {
  expect(sliceList([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(sliceList([1, 2], 2)).toEqual([[1, 2]]);
  expect(sliceList([], 2)).toEqual([[]]);
});
