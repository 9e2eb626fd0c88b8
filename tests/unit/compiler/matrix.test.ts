import fc from "fast-check";
import { compilePipeline } from "../../../compiler/compile.js";
import { expandMatrix } from "../../../compiler/definition/matrix.js";

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
  expect(expandMatrix(matrix)).toEqual([
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
  expect(expandMatrix(matrix)).toEqual([
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
      const combinations = expandMatrix(matrix);
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

test.each<[string, object]>([
  ['"${{ stages.list.outputs.train }}"', { maxItems: 100, failFast: true }],
  ['{ items: "${{ stages.list.outputs.train }}" }', { maxItems: 100, failFast: true }],
  [
    '{ items: "${{ stages.list.outputs.train }}", maxItems: 1000, maxParallel: "${{ inputs.many }}", failFast: false }',
    { maxItems: 1000, maxParallel: 3, failFast: false },
  ],
])("a plan keeps the list as written, and needs what it names: foreach: %s", async (foreach, options) => {
  const text = `
name: listed
inputs: { many: { type: integer, default: 3 } }
stages:
  each: { uses: dataset, foreach: ${foreach}, with: { source: { text: "\${{ item.text }} \${{ inputs.many }}" } } }
  list: { uses: dataset, with: { source: { text: a } } }
`;
  const { plan } = await compilePipeline({ text });
  const items = "${{ stages.list.outputs.train }}";
  expect(plan.stages[1]).toMatchObject({ id: "each", needs: ["list"], foreach: { items, ...options } });
});

test("a list that is known is checked, and may be empty", async () => {
  const text = `
name: listed
inputs: { sizes: { type: array, default: [] } }
stages:
  each:
    uses: tokenize
    foreach: "\${{ inputs.sizes }}"
    with: { train: [{ artifact: dataset, digest: ${"a".repeat(64)} }], vocabularySize: "\${{ item }}" }
`;
  await compilePipeline({ text });
  await compilePipeline({ text, inputs: { sizes: [300, 400] } });
  await expect(compilePipeline({ text, inputs: { sizes: [300, "x"] } })).rejects.toThrow(
    /vocabularySize must be integer, got "x" .*; in the combination item x, index 1/,
  );
});
