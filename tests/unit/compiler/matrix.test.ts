import fc from "fast-check";
import { combinationsOf } from "../../../compiler/matrix.js";

test("include works as in the example of GitHub Actions' documentation", () => {
  const matrix = {
    fruit: ["apple", "pear"],
    animal: ["cat", "dog"],
    include: [
      { color: "green" },
      { color: "pink", animal: "cat" },
      { fruit: "apple", shape: "circle" },
      { fruit: "banana" },
      { fruit: "banana", animal: "cat" },
    ],
  };
  const none = { color: null, shape: null, animal: null };
  expect(combinationsOf(matrix)).toEqual([
    { fruit: "apple", animal: "cat", color: "pink", shape: "circle" },
    { fruit: "apple", animal: "dog", color: "green", shape: "circle" },
    { fruit: "pear", animal: "cat", color: "pink", shape: null },
    { fruit: "pear", animal: "dog", color: "green", shape: null },
    { ...none, fruit: "banana" },
    { ...none, fruit: "banana", animal: "cat" },
  ]);
});

test("exclude leaves out what has all its values, whatever the order of their keys, before include adds", () => {
  const matrix = {
    size: [{ layers: 1, heads: 2 }, { layers: 2 }],
    rate: [1, 2],
    exclude: [{ size: { heads: 2, layers: 1 } }, { rate: 2 }],
    include: [{ size: { layers: 1, heads: 2 }, rate: 2 }],
  };
  expect(combinationsOf(matrix)).toEqual([
    { size: { layers: 2 }, rate: 1 },
    { size: { layers: 1, heads: 2 }, rate: 2 },
  ]);
});

test("without include and exclude, there is every combination once, the first list slowest", () => {
  const lists = fc.dictionary(
    fc.constantFrom("a", "b", "c"),
    fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 4 }),
  );
  fc.assert(
    fc.property(lists, (matrix) => {
      const combinations = combinationsOf(matrix);
      const names = Object.keys(matrix);
      const size = Object.values(matrix).reduce((product, list) => product * list.length, 1);
      expect(combinations).toHaveLength(names.length === 0 ? 0 : size);
      expect(new Set(combinations.map((row) => JSON.stringify(row))).size).toBe(combinations.length);
      const places = combinations.map((row) => names.map((name) => matrix[name]!.indexOf(row[name] as number)));
      const codes = places.map((place) => place.reduce((code, index) => code * 4 + index, 0));
      expect(codes).toEqual(codes.toSorted((a, b) => a - b));
    }),
  );
});
