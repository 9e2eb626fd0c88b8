import fc from "fast-check";
import { buildGraph } from "../../../graph/build.js";
import { rowSums } from "../../../graph/algorithms/degree.js";
import type { Graph } from "../../../graph/graph.js";
import { pagerank } from "../../../graph/algorithms/pagerank.js";

const list = { nodes: 2, sources: Uint32Array.of(0), targets: Uint32Array.of(1) };
const { graph } = buildGraph(list, { directed: true, selfLoops: "keep", duplicates: "first" });

test.each([
  ["all 0", [0, 0], "personalization"],
  ["-1", [1, -1], "personalization of node 1"],
  ["NaN", [NaN, 1], "personalization of node 0"],
  ["Infinity", [Infinity, 1], "personalization of node 0"],
])("a personalization of %s is refused", async (got, weights, where) => {
  await expect(pagerank(graph, { personalization: Float64Array.from(weights) })).rejects.toEqual(
    expect.objectContaining({ code: "DATA_INVALID", facts: expect.objectContaining({ got, where }) }),
  );
});

/** Power iteration by its definition, over every node. */
function byDefinition({ nodes, out }: Graph, weights: Float64Array, damping: number): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const jump = weights.map((weight) => weight / total);
  const strength = rowSums(out, true);
  let values = jump;
  for (let step = 0; step < 300; step++) {
    const lost = values.reduce((sum, value, v) => sum + (strength[v] === 0 ? value : 0), 0);
    const next = jump.map((weight) => (1 - damping + damping * lost) * weight);
    for (let v = 0; v < nodes; v++)
      for (let i = out.offsets[v]!; i < out.offsets[v + 1]!; i++)
        next[out.targets[i]!]! += (damping * values[v]! * (out.weights?.[i] ?? 1)) / (strength[v]! || 1);
    values = next;
  }
  return values;
}

/** Most nodes have no incoming edges: edges end at the first few only. */
const graphWithSources = fc
  .record({ nodes: fc.integer({ min: 1, max: 30 }), ends: fc.integer({ min: 1, max: 10 }), weighted: fc.boolean() })
  .chain(({ nodes, ends, weighted }) =>
    fc
      .array(fc.tuple(fc.nat(nodes - 1), fc.nat(Math.min(ends, nodes) - 1), fc.nat(3)), { maxLength: 60 })
      .map((edges) => {
        const [sources, targets] = [0, 1].map((column) => Uint32Array.from(edges, (edge) => edge[column]!));
        const weights = Float64Array.from(edges, ([, , weight]) => weight);
        const given = { nodes, sources: sources!, targets: targets!, ...(weighted && { weights }) };
        return buildGraph(given, { directed: true, selfLoops: "keep", duplicates: "first" }).graph;
      }),
  );

test("nodes without incoming edges have the values that an iteration over all nodes gives them", async () => {
  const property = fc.asyncProperty(graphWithSources, fc.infiniteStream(fc.nat(2)), async (graph, drawn) => {
    const personalization = Float64Array.from({ length: graph.nodes }, () => drawn.next().value!);
    if (personalization.every((weight) => weight === 0)) personalization[graph.nodes - 1] = 1;
    // 1e-15 is less than what the last bit is worth: there some values swing between two neighbors
    // for ever.
    const found = await pagerank(graph, { weighted: true, personalization, tolerance: 1e-14 });
    const wanted = byDefinition(graph, personalization, 0.85);
    found.forEach((value, v) => expect(Math.abs(value - wanted[v]!)).toBeLessThan(1e-12));
  });
  await fc.assert(property, { numRuns: 300 });
});
