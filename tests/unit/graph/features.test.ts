import { clustering, triangles } from "../../../graph/algorithms/clustering.js";
import { strongComponents, weakComponents } from "../../../graph/algorithms/components.js";
import { coreNumbers } from "../../../graph/algorithms/core.js";
import { degrees } from "../../../graph/algorithms/degree.js";
import { eigenvector } from "../../../graph/algorithms/eigenvector.js";
import { hits } from "../../../graph/algorithms/hits.js";
import { katz } from "../../../graph/algorithms/katz.js";
import { pagerank } from "../../../graph/algorithms/pagerank.js";
import { reciprocity } from "../../../graph/algorithms/reciprocity.js";
import { expectColumn, expectValues, golden, makeGraph, variants, type Golden } from "./support.js";

const tight = { tolerance: 1e-15, iterations: 100_000 };

/** Compares where networkx has values, and expects no convergence where it found none. */
async function expectIterated(found: Promise<Float64Array>, graph: Golden, column: string): Promise<void> {
  if (graph.columns[column]) expectColumn(await found, graph, column);
  else await expect(found).rejects.toEqual(expect.objectContaining({ code: "NOT_CONVERGED" }));
}

describe.each(golden.graphs.map((graph) => [graph.name, graph] as const))("%s: as networkx", (_, wanted) => {
  const graph = makeGraph(wanted);

  test.each(variants(wanted))("degrees, weighted: $weighted", ({ weighted, suffix }) => {
    const found = degrees(graph, { weighted });
    expectColumn(found.in, wanted, `inDegree${suffix}`);
    expectColumn(found.out, wanted, `outDegree${suffix}`);
    expectColumn(found.total, wanted, `degree${suffix}`);
  });

  test.each(variants(wanted))("PageRank, weighted: $weighted", async ({ weighted, suffix }) => {
    expectColumn(await pagerank(graph, { ...tight, weighted }), wanted, `pagerank${suffix}`);
    const personalization = new Float64Array(graph.nodes);
    if (graph.nodes > 0) personalization[0] = 1;
    if (graph.nodes > 1) personalization[graph.nodes >> 1] = 3;
    const personalized = await pagerank(graph, { ...tight, weighted, personalization });
    expectColumn(personalized, wanted, `personalizedPagerank${suffix}`);
  });

  test.each(variants(wanted))("Katz, weighted: $weighted", async ({ weighted, suffix }) => {
    const settings = { ...tight, alpha: golden.katzAlpha, weighted };
    await expectIterated(katz(graph, settings), wanted, `katz${suffix}`);
    await expectIterated(katz(graph, { ...settings, normalized: false }), wanted, `katzNotNormalized${suffix}`);
  });

  test.each(variants(wanted))("eigenvector, weighted: $weighted", async ({ weighted, suffix }) => {
    await expectIterated(eigenvector(graph, { ...tight, iterations: 3000, weighted }), wanted, `eigenvector${suffix}`);
  });

  test("HITS", async () => {
    const { hubs, authorities } = await hits(graph, { ...tight, weighted: true });
    const zeros = Array.from(hubs, () => 0);
    expectValues([...hubs], wanted.columns.hub ?? zeros, "hub");
    expectValues([...authorities], wanted.columns.authority ?? zeros, "authority");
  });

  test("triangles and clustering", async () => {
    expectColumn(await triangles(graph), wanted, "triangles");
    expectColumn(await clustering(graph), wanted, "clustering");
    expectColumn(await clustering(graph, { weighted: true }), wanted, "clusteringWeighted");
  });

  test("core numbers", () => expectColumn(coreNumbers(graph), wanted, "core"));

  test.each([
    ["weak", weakComponents],
    ["strong", strongComponents],
  ] as const)("%s components", (kind, compute) => {
    const { id, size, count } = compute(graph);
    expectColumn(id, wanted, `${kind}Component`);
    expectColumn(size, wanted, `${kind}ComponentSize`);
    expect(count).toBe(new Set(wanted.columns[`${kind}Component`]).size);
  });

  test("reciprocity", () => {
    const { nodes, overall } = reciprocity(graph);
    // networkx has it for directed graphs only; in an undirected one every edge runs both ways.
    const undirected = wanted.columns.degree!.map((degree) => (degree === 0 ? null : 1));
    expectValues([...nodes], wanted.columns.reciprocity ?? undirected, "reciprocity");
    if (wanted.directed) expectValues([overall], [wanted.whole.reciprocity], "reciprocity of the graph");
  });
});
