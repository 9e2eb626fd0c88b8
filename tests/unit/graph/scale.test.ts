import { buildGraph } from "../../../graph/build.js";
import { eigenvector } from "../../../graph/algorithms/eigenvector.js";
import { fastRp } from "../../../graph/algorithms/fastrp.js";
import type { FeatureInput } from "../../../graph/features/feature.js";
import { katz } from "../../../graph/features/rank.js";
import type { Graph } from "../../../graph/graph.js";
import { hits } from "../../../graph/algorithms/hits.js";
import { leiden } from "../../../graph/leiden/leiden.js";
import { pagerank } from "../../../graph/algorithms/pagerank.js";
import { Threads } from "../../../graph/parallel/threads.js";
import { withUnitWeights } from "../../../graph/scale.js";

const threads = new Threads(1);
afterAll(() => threads.close());

/**
 * Two groups of six nodes, each in a ring with chords, and a bridge; the largest of the weights is
 * 1.375 before they are scaled.
 */
function graphOf(factor: number, directed = true): Graph {
  const rows = [0, 6].flatMap((first) =>
    Array.from({ length: 24 }, (_, i) => [first + (i % 6), first + ((i + 1 + Math.floor(i / 6)) % 6)] as const),
  );
  const edges = [...rows, [0, 6], [7, 1]] as const;
  const list = {
    nodes: 12,
    sources: Uint32Array.from(edges, ([source]) => source),
    targets: Uint32Array.from(edges, ([, target]) => target),
    weights: Float64Array.from(edges, (_, i) => (((i * 7) % 11) + 1) * 0.125 * factor),
  };
  return buildGraph(list, { directed, selfLoops: "drop", duplicates: "first" }).graph;
}

const features: [string, (graph: Graph) => unknown][] = [
  ["eigenvector", (graph) => eigenvector(graph, { weighted: true })],
  ["HITS", (graph) => hits(graph, { weighted: true })],
  ["PageRank", (graph) => pagerank(graph, { weighted: true })],
  [
    "Katz",
    (graph) => katz.compute({ graph, options: { tolerance: 1e-12, iterations: 1000 }, control: {} } as FeatureInput),
  ],
  ["communities", (graph) => leiden(graph, { seed: 1 })],
  ["FastRP", (graph) => fastRp(graph, threads, { dimensions: 4, seed: 1, weighted: true })],
];

describe.each(features)("%s:", (_name, compute) => {
  test.each([-1070, -600, 520, 1000, 1023])("weights times 2^%i change nothing", async (power) => {
    for (const directed of [true, false])
      expect(await compute(graphOf(2 ** power, directed))).toEqual(await compute(graphOf(1, directed)));
  });
});

test.each([1e-300, 1e-12, 1e-3, 7, 1e9, 1e153, 1e300])(
  "eigenvector centrality with weights times %d is the same",
  async (factor) => {
    const [found, wanted] = [
      await eigenvector(graphOf(factor), { weighted: true }),
      await eigenvector(graphOf(1), { weighted: true }),
    ];
    expect(found.some((value) => value > 0.1)).toBe(true);
    found.forEach((value, v) => expect(Math.abs(value - wanted[v]!)).toBeLessThan(1e-11));
  },
);

test("weights whose largest is at least 1 and below 2, and no weights, stay the same object", () => {
  const graph = graphOf(1);
  expect(withUnitWeights(graph)).toBe(graph);
  const { weights: _weights, ...out } = graph.out;
  const plain = { ...graph, out };
  expect(withUnitWeights(plain)).toBe(plain);
});

test.each([2 ** 53 - 1, 2 ** 1023, Number.MAX_VALUE, Number.MIN_VALUE, 8 - Number.EPSILON * 4])(
  "the largest weight %d becomes 1 to 2",
  (weight) => {
    const list = { nodes: 2, sources: Uint32Array.of(0), targets: Uint32Array.of(1), weights: Float64Array.of(weight) };
    const { graph } = buildGraph(list, { directed: false, selfLoops: "drop", duplicates: "sum" });
    const [scaled] = withUnitWeights(graph).out.weights!;
    expect(scaled).toBeGreaterThanOrEqual(1);
    expect(scaled).toBeLessThan(2);
  },
);

test("weights of one edge that add up to no number are refused", () => {
  const weights = Float64Array.of(1.5e308, 1.5e308);
  const list = { nodes: 2, sources: Uint32Array.of(0, 0), targets: Uint32Array.of(1, 1), weights };
  expect(() => buildGraph(list, { directed: true, selfLoops: "drop", duplicates: "sum" })).toThrow(
    expect.objectContaining({ code: "DATA_INVALID", facts: expect.objectContaining({ got: "a sum beyond 1.79e308" }) }),
  );
});
