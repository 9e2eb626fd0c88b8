import fc from "fast-check";
import { fastRp } from "../../../graph/algorithms/fastrp.js";
import { openFastRpStart } from "../../../graph/parallel/fastrp-batch.js";
import { buildGraph } from "../../../graph/build.js";
import type { Graph } from "../../../graph/graph.js";
import { Threads } from "../../../graph/parallel/threads.js";
import { everyNode } from "../../../graph/sample.js";
import { goldenGraph, pathsCases } from "./golden-paths.js";
import { randomGraph } from "./random-graph.js";

const [threads, three] = [new Threads(2), new Threads(3)];
afterAll(() => Promise.all([threads.close(), three.close()]));

const named = (name: string): Graph => goldenGraph(pathsCases.find(([key]) => key === name)![1]);

function start(nodes: number, dimensions: number, seed: number, scale = new Float64Array(nodes).fill(1)): Float32Array {
  const to = new Float32Array(nodes * dimensions);
  openFastRpStart({ dimensions, from: to, to, embedding: to, scale, seed })(everyNode(nodes), new Float64Array());
  return to;
}

/** By dense matrices: rows of (D⁻¹ A)^k L^β R brought to length 1, weighted and added up. */
function byDefinition(
  matrix: number[][],
  dimensions: number,
  seed: number,
  weights: number[],
  power: number,
): number[][] {
  const columns = matrix.map((_, w) => matrix.reduce((sum, row) => sum + row[w]!, 0));
  const total = columns.reduce((a, b) => a + b, 0);
  const scale = Float64Array.from(columns, (sum) => (sum > 0 ? (sum / total) ** power : 0));
  const random = start(matrix.length, dimensions, seed, scale);
  let vectors = matrix.map((_, v) => [...random.subarray(v * dimensions, (v + 1) * dimensions)]);
  const result = vectors.map((row) => row.map(() => 0));
  for (const weight of weights) {
    vectors = matrix.map((row) => {
      const sum = row.reduce((a, b) => a + b, 0);
      return vectors[0]!.map((_, d) =>
        row.reduce((mean, a, w) => mean + (sum > 0 ? (a / sum) * vectors[w]![d]! : 0), 0),
      );
    });
    vectors.forEach((row, v) => {
      const length = Math.hypot(...row);
      row.forEach((x, d) => (result[v]![d]! += length > 0 ? (weight * x) / length : 0));
    });
  }
  return result;
}

/**
 * [from][to], weights where wanted; both directions added up without loops, or one direction
 * unchanged.
 */
function matrixOf(graph: Graph, direction: "out" | "in" | "both", weighted: boolean): number[][] {
  const matrix = Array.from({ length: graph.nodes }, () => new Array<number>(graph.nodes).fill(0));
  const { offsets, targets, weights } = graph.out;
  for (let v = 0; v < graph.nodes; v++)
    for (let e = offsets[v]!; e < offsets[v + 1]!; e++) {
      const w = targets[e]!;
      const weight = weighted && weights ? weights[e]! : 1;
      if (direction === "both" && v === w) continue;
      if (direction !== "in") matrix[v]![w]! += weight;
      if (direction === "in" || (direction === "both" && graph.directed)) matrix[w]![v]! += weight;
    }
  return matrix;
}

test.each([
  ["karate", "both", false, 0],
  ["undirected loops", "both", false, -0.5],
  ["directed loops", "both", false, 0],
  ["directed loops", "out", false, 0.5],
  ["directed sparse", "in", false, -0.9],
  ["directed weighted", "both", true, -0.5],
  ["directed weighted", "out", true, 0],
  ["weighted", "both", true, 0],
  ["weighted", "both", false, 0],
  ["no edges", "both", false, 0],
  ["empty", "both", false, 0],
] as const)(
  "embeddings of %s (%s, weighted: %s, power %d) are those of the definition",
  async (name, direction, weighted, power) => {
    const graph = named(name);
    const weights = [0.25, -1, 0.5];
    const options = { dimensions: 6, seed: 3, direction, weighted, degreePower: power, weights };
    const embedding = await fastRp(graph, threads, options);
    const expected = byDefinition(matrixOf(graph, direction, weighted), 6, 3, weights, power).flat();
    expect(embedding).toHaveLength(expected.length);
    // A vector that nearly cancels out is brought to length 1 with the rounding of single precision
    // in it.
    expected.forEach((x, i) => expect(Math.abs(embedding[i]! - x)).toBeLessThan(1e-4));
  },
);

test("random vectors have the coordinates and the frequencies they should have, and mean 0", () => {
  const values = start(150, 20, 9);
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const root = Math.fround(Math.sqrt(3));
  expect([...counts.keys()].sort()).toEqual([-root, 0, root]);
  // 3,000 draws: a frequency is known to about 0.007.
  expect(counts.get(root)! / 3000).toBeCloseTo(1 / 6, 1.5);
  expect(counts.get(-root)! / 3000).toBeCloseTo(1 / 6, 1.5);
  expect(start(150, 20, 9)).toEqual(values);
  expect(start(150, 20, 8)).not.toEqual(values);
});

test("any number of threads gives the same bits, and the seed decides", async () => {
  await fc.assert(
    fc.asyncProperty(randomGraph(60), fc.nat(1000), async (graph, seed) => {
      const two = await fastRp(graph, threads, { dimensions: 5, seed });
      expect(await fastRp(graph, three, { dimensions: 5, seed })).toEqual(two);
    }),
    { numRuns: 10 },
  );
  const options = { dimensions: 8 };
  const graph = named("karate");
  expect(await fastRp(graph, threads, { ...options, seed: 1 })).not.toEqual(
    await fastRp(graph, threads, { ...options, seed: 2 }),
  );
});

test("nodes of one clique are alike, nodes of two are not", async () => {
  const edges = [0, 1].flatMap((clique) =>
    Array.from({ length: 100 }, (_, i) => [10 * clique + Math.floor(i / 10), 10 * clique + (i % 10)] as const),
  );
  edges.push([9, 10]);
  const list = {
    nodes: 20,
    sources: Uint32Array.from(edges, ([s]) => s),
    targets: Uint32Array.from(edges, ([, t]) => t),
  };
  const { graph } = buildGraph(list, { directed: false, selfLoops: "drop", duplicates: "first" });
  const embedding = await fastRp(graph, threads, { dimensions: 64, seed: 1 });
  const cosine = (v: number, w: number): number => {
    const [a, b] = [v, w].map((node) => embedding.subarray(64 * node, 64 * node + 64)) as [Float32Array, Float32Array];
    return a.reduce((sum, x, d) => sum + x * b[d]!, 0) / (Math.hypot(...a) * Math.hypot(...b));
  };
  expect(cosine(1, 5)).toBeGreaterThan(0.95);
  expect(cosine(12, 17)).toBeGreaterThan(0.95);
  expect(Math.abs(cosine(1, 12))).toBeLessThan(0.6);
});

test("progress goes from the first row to the last of all rounds", async () => {
  const seen: [number, number][] = [];
  await fastRp(named("grid"), threads, {
    dimensions: 2,
    seed: 1,
    onProgress: (done, total) => void seen.push([done, total]),
  });
  expect(seen).toEqual([30, 60, 90, 120].map((done) => [done, 120]));
});
