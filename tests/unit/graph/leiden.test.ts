import fc from "fast-check";
import { buildGraph } from "../../../graph/build.js";
import type { Graph } from "../../../graph/graph.js";
import { leiden } from "../../../graph/leiden/leiden.js";
import { modularity } from "../../../graph/leiden/modularity.js";
import { moveNodes } from "../../../graph/leiden/move.js";
import { aggregate, buildNetwork } from "../../../graph/leiden/network.js";
import { everyNode } from "../../../graph/sample.js";
import cases from "../../fixtures/graph_communities.json" with { type: "json" };
import { goldenGraph, type EdgesCase } from "./golden-paths.js";
import { randomGraph } from "./random-graph.js";

type Case = EdgesCase & { byRemainder: Record<string, number>; louvain: Record<string, number> };
const golden = Object.entries(cases as unknown as Record<string, Case>);

describe.each(golden)("%s:", (_, expected) => {
  const graph = goldenGraph(expected);

  test("modularity of a partition is networkx's", () => {
    const remainders = everyNode(graph.nodes).map((v) => v % 4);
    for (const [resolution, value] of Object.entries(expected.byRemainder))
      expect(Math.abs(modularity(graph, remainders, Number(resolution)) - value)).toBeLessThan(1e-12);
  });

  test("the best communities of three seeds are at most one in a hundred worse than networkx's best Louvain of ten", () => {
    const found = [1, 2, 3].map((seed) => leiden(graph, { seed }));
    expect(Math.max(...found.map((each) => each.modularity))).toBeGreaterThan(expected.louvain[1]! * 0.99);
    for (const each of found) {
      expect(each.modularity).toBe(modularity(graph, each.community));
      expectConnected(graph, each.community);
    }
  });

  test.each([0.5, 2])("the first communities with resolution %d are at most one in twenty worse", (resolution) => {
    const found = leiden(graph, { seed: 1, resolution });
    expect(found.modularity).toBeGreaterThan(expected.louvain[resolution]! * 0.95);
    expectConnected(graph, found.community);
  });
});

/** Every community holds together if edges are followed either way. */
function expectConnected({ nodes, out }: Graph, community: Uint32Array): void {
  const parent = everyNode(nodes);
  const root = (v: number): number => (parent[v] === v ? v : root(parent[v]!));
  for (let v = 0; v < nodes; v++)
    for (const w of out.targets.subarray(out.offsets[v], out.offsets[v + 1]))
      if (community[v] === community[w]) parent[root(v)] = root(w);
  const parts = new Set(Array.from(parent, (_, v) => root(v)));
  expect(parts.size).toBe(new Set(community).size);
}

test("communities are connected, numbered from 0 by size, and no worse than one for each node or one for all", () => {
  fc.assert(
    fc.property(randomGraph(40), fc.constantFrom(0.3, 1, 3), fc.nat(100), (graph, resolution, seed) => {
      const { community, count, modularity: reached } = leiden(graph, { seed, resolution });
      expectConnected(graph, community);
      const sizes = Array.from({ length: count }, (_, c) => community.filter((label) => label === c).length);
      expect(sizes.every((size) => size > 0)).toBe(true);
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
      if (graph.edges === 0) return expect(reached).toBeNaN();
      expect(reached).toBeGreaterThan(modularity(graph, everyNode(graph.nodes), resolution) - 1e-9);
      expect(reached).toBeGreaterThan(modularity(graph, new Uint32Array(graph.nodes), resolution) - 1e-9);
    }),
  );
});

test("the seed decides, and nothing else", () => {
  const [, hubs] = golden.find(([name]) => name === "hubs")!;
  const graph = goldenGraph(hubs);
  expect(leiden(graph, { seed: 1 })).toEqual(leiden(graph, { seed: 1 }));
  expect(leiden(graph, { seed: 1 }).community).not.toEqual(leiden(graph, { seed: 2 }).community);
});

test("groups that were planted are found", () => {
  const [, groups] = golden.find(([name]) => name === "groups")!;
  const { community, count } = leiden(goldenGraph(groups), { seed: 4 });
  expect(count).toBe(10);
  // Chance gives a few nodes more neighbors in a group that is not theirs.
  const astray = community.filter((label, v) => label !== community[30 * Math.floor(v / 30) + 1]);
  expect(astray.length).toBeLessThan(6);
});

test("a higher resolution gives more communities", () => {
  const [, world] = golden.find(([name]) => name === "small world")!;
  const counts = [0.2, 1, 5].map((resolution) => leiden(goldenGraph(world), { seed: 1, resolution }).count);
  expect(counts[0]!).toBeLessThan(counts[1]!);
  expect(counts[1]!).toBeLessThan(counts[2]!);
});

test("moving nodes never loses, and once it changes nothing more, no single move to any community gains", () => {
  fc.assert(
    fc.property(randomGraph(20), (graph) => {
      if (graph.edges === 0) return;
      const network = buildNetwork(graph);
      let community = everyNode(graph.nodes);
      let reached = modularity(graph, community);
      for (let changed = true; changed;) {
        const next = community.slice();
        moveNodes(network, next, everyNode(graph.nodes).reverse(), 1);
        changed = next.some((c, v) => c !== community[v]);
        community = next;
        expect(modularity(graph, community)).toBeGreaterThan(reached - 1e-9);
        reached = modularity(graph, community);
      }
      for (let v = 0; v < graph.nodes; v++)
        for (let c = 0; c < graph.nodes; c++)
          expect(modularity(graph, community.with(v, c))).toBeLessThan(reached + 1e-9);
    }),
  );
});

test("groups of nodes are worth together what their nodes are worth", () => {
  const [, loops] = golden.find(([name]) => name === "les miserables with loops")!;
  const network = buildNetwork(goldenGraph(loops));
  const thirds = everyNode(network.nodes).map((v) => Math.floor(v / 3));
  const coarse = aggregate(network, thirds, 26);
  expect(coarse.total).toBe(network.total);
  const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
  expect(sum(coarse.out)).toBe(sum(network.out));
  const all = aggregate(coarse, new Uint32Array(26), 1);
  expect([all.targets.length, all.out[0]]).toEqual([0, network.total]);
});

test("graphs of no node, of one, and without edges", () => {
  for (const nodes of [0, 1, 3]) {
    const list = { nodes, sources: new Uint32Array(), targets: new Uint32Array() };
    const { graph } = buildGraph(list, { directed: true, selfLoops: "keep", duplicates: "first" });
    expect(leiden(graph, { seed: 1 })).toEqual({ community: everyNode(nodes), count: nodes, modularity: NaN });
  }
});
