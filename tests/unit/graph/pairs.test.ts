import fc from "fast-check";
import { buildGraph } from "../../../graph/build.js";
import { DijkstraSearch } from "../../../graph/search/dijkstra.js";
import { PairDistance } from "../../../graph/algorithms/pair-distance.js";
import { pairFeatures, type PairFeatures } from "../../../graph/algorithms/pairs.js";
import { Threads } from "../../../graph/parallel/threads.js";
import { everyNode } from "../../../graph/sample.js";
import { expectClose, goldenGraph, pathsCases } from "./golden-paths.js";
import { randomGraph } from "./random-graph.js";

const [threads, three] = [new Threads(2), new Threads(3)];
afterAll(() => Promise.all([threads.close(), three.close()]));

const pairsOf = (pairs: readonly (readonly [number, number])[]) => ({
  left: Uint32Array.from(pairs, ([u]) => u),
  right: Uint32Array.from(pairs, ([, v]) => v),
});

test.each(pathsCases)("features of pairs in %s equal networkx's", async (_, expected) => {
  const { pairs, ...features } = expected.pairs;
  const found = await pairFeatures(goldenGraph(expected), pairsOf(pairs), threads);
  for (const [name, values] of Object.entries(features)) expectClose(found[name as keyof PairFeatures], values);
});

test("a pair's order matters to the distance only, and threads to nothing", async () => {
  await fc.assert(
    fc.asyncProperty(randomGraph(30), async (graph) => {
      const all = [...everyNode(graph.nodes)].flatMap((u) => [...everyNode(graph.nodes)].map((v) => [u, v] as const));
      const found = await pairFeatures(graph, pairsOf(all), threads);
      expect(await pairFeatures(graph, pairsOf(all), three)).toEqual(found);
      const swapped = await pairFeatures(graph, pairsOf(all.map(([u, v]) => [v, u])), threads);
      if (graph.directed) expect({ ...swapped, distance: 0 }).toEqual({ ...found, distance: 0 });
      else expect(swapped).toEqual(found);
    }),
    { numRuns: 20 },
  );
});

test("the distance from both ends is the distance from one", () => {
  fc.assert(
    fc.property(randomGraph(20), (graph) => {
      const search = new DijkstraSearch(graph.out);
      const pair = new PairDistance(graph);
      for (const u of everyNode(graph.nodes)) {
        search.run(u);
        for (const v of everyNode(graph.nodes))
          expect(pair.between(u, v)).toBe(search.distance[v] === Infinity ? -1 : search.distance[v]);
      }
    }),
  );
});

test("a hub's many neighbors are searched for the few of another, with the same result", async () => {
  const spokes = Array.from({ length: 300 }, (_, i) => [0, i + 2] as const);
  const edges = [...spokes, [1, 5], [1, 77], [1, 301], [1, 303]] as const;
  const list = {
    nodes: 304,
    sources: Uint32Array.from(edges, ([s]) => s),
    targets: Uint32Array.from(edges, ([, t]) => t),
  };
  const { graph } = buildGraph(list, { directed: false, selfLoops: "keep", duplicates: "first" });
  const found = await pairFeatures(
    graph,
    pairsOf([
      [0, 1],
      [1, 0],
      [303, 0],
      [302, 1],
    ]),
    threads,
  );
  expect([...found.commonNeighbors]).toEqual([3, 3, 0, 0]);
  expect([...found.jaccard]).toEqual([3 / 301, 3 / 301, 0, 0]);
  expectClose(found.adamicAdar, [3 / Math.log(2), 3 / Math.log(2), 0, 0]);
  expect([...found.distance]).toEqual([2, 2, 3, -1]);
});

test("a node with itself", async () => {
  const edges = [
    [0, 1],
    [0, 2],
    [1, 2],
    [0, 3],
    [0, 0],
  ] as const;
  const list = {
    nodes: 5,
    sources: Uint32Array.from(edges, ([s]) => s),
    targets: Uint32Array.from(edges, ([, t]) => t),
  };
  const { graph } = buildGraph(list, { directed: false, selfLoops: "keep", duplicates: "first" });
  const found = await pairFeatures(
    graph,
    pairsOf([
      [0, 0],
      [4, 4],
    ]),
    threads,
  );
  expect([...found.commonNeighbors]).toEqual([3, 0]);
  expect([...found.jaccard]).toEqual([3 / 4, 0]);
  expectClose(found.adamicAdar, [2 / Math.log(2), 0]);
  expect([...found.preferentialAttachment]).toEqual([25, 0]);
  expect([...found.distance]).toEqual([0, 0]);
  expect([...found.sameComponent]).toEqual([1, 1]);
});

test("a pair with an end that is no node is refused", async () => {
  const [, karate] = pathsCases.find(([name]) => name === "karate")!;
  await expect(
    pairFeatures(
      goldenGraph(karate),
      pairsOf([
        [0, 1],
        [2, 34],
      ]),
      threads,
    ),
  ).rejects.toEqual(
    expect.objectContaining({ code: "DATA_INVALID", facts: expect.objectContaining({ where: "pair 1", got: "34" }) }),
  );
});
