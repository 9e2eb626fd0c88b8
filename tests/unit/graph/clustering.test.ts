import { buildGraph } from "../../../graph/build.js";
import { clustering } from "../../../graph/algorithms/clustering.js";

const options = { directed: true, selfLoops: "keep", duplicates: "first" } as const;

/**
 * A triangle 0 1 2 whose side 0–1 runs both ways, a loop at 0, and 3 hanging on 2; side 1 → 2
 * weighs twice the others.
 */
const list = {
  nodes: 5,
  sources: Uint32Array.of(0, 1, 1, 2, 0, 2),
  targets: Uint32Array.of(1, 0, 2, 0, 0, 3),
  weights: Float64Array.of(1, 1, 2, 1, 1, 1),
};

test("a directed graph's clustering counts the ways a triangle's sides run", async () => {
  const { graph } = buildGraph(list, options);
  expect([...(await clustering(graph))]).toEqual([2 / 4, 2 / 4, 2 / 6, 0, 0]);
});

test("weights count by the geometric mean of a triangle's sides over the largest", async () => {
  const { graph } = buildGraph(list, { ...options, directed: false });
  const mean = Math.cbrt(1 / 4);
  const found = await clustering(graph, { weighted: true });
  [mean, mean, mean / 3, 0, 0].forEach((value, v) => expect(found[v]).toBeCloseTo(value, 14));
});
