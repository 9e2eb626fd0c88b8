import fc from "fast-check";
import { buildGraph } from "../../../graph/build.js";
import { strongComponents, weakComponents } from "../../../graph/algorithms/components.js";
import { coreNumbers } from "../../../graph/algorithms/core.js";

type Edge = [source: number, target: number];

const nodes = 12;
const anyEdges = fc.array(fc.tuple(fc.nat(nodes - 1), fc.nat(nodes - 1)), { maxLength: 30 });

function directedGraph(edges: readonly Edge[]) {
  const list = { nodes, sources: Uint32Array.from(edges, ([s]) => s), targets: Uint32Array.from(edges, ([, t]) => t) };
  return buildGraph(list, { directed: true, selfLoops: "keep", duplicates: "first" }).graph;
}

/** Who reaches whom, by repeated joining (Warshall). */
function reachability(edges: readonly Edge[]): boolean[][] {
  const reaches = Array.from({ length: nodes }, (_, v) => Array.from({ length: nodes }, (_, w) => v === w));
  for (const [s, t] of edges) reaches[s]![t] = true;
  for (let via = 0; via < nodes; via++)
    for (let v = 0; v < nodes; v++)
      for (let w = 0; w < nodes; w++) reaches[v]![w] ||= reaches[v]![via]! && reaches[via]![w]!;
  return reaches;
}

/** Each node's component by number, in the order of the smallest nodes. */
function ids(same: (v: number, w: number) => boolean): number[] {
  const smallest = Array.from({ length: nodes }, (_, v) =>
    Array.from({ length: nodes }, (_, w) => w).find((w) => same(v, w))!,
  );
  const order = [...new Set(smallest)];
  return smallest.map((first) => order.indexOf(first));
}

test("components are those of reachability, numbered by their smallest nodes", () => {
  fc.assert(
    fc.property(anyEdges, (edges) => {
      const graph = directedGraph(edges);
      const strong = reachability(edges);
      const weak = reachability(edges.flatMap(([s, t]) => [[s, t] as Edge, [t, s] as Edge]));
      expect([...strongComponents(graph).id]).toEqual(ids((v, w) => strong[v]![w]! && strong[w]![v]!));
      expect([...weakComponents(graph).id]).toEqual(ids((v, w) => weak[v]![w]!));
    }),
  );
});

test("core numbers are those of taking away nodes with too few edges", () => {
  fc.assert(
    fc.property(anyEdges, (edges) => {
      const graph = directedGraph(edges);
      const kept = [...new Set(edges.filter(([s, t]) => s !== t).map(([s, t]) => `${s},${t}`))].map((key) =>
        key.split(",").map(Number),
      );
      const core = new Array<number>(nodes).fill(0);
      for (let k = 1; k <= 2 * nodes; k++) {
        let left = kept;
        const degree = (v: number): number => left.flat().filter((end) => end === v).length;
        for (let before = -1; before !== left.length;) {
          before = left.length;
          left = left.filter((ends) => ends.every((v) => degree(v) >= k));
        }
        for (const v of left.flat()) core[v] = k;
      }
      expect([...coreNumbers(graph)]).toEqual(core);
    }),
    { numRuns: 50 },
  );
});
