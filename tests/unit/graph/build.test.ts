import fc from "fast-check";
import { buildGraph, type BuildOptions } from "../../../graph/build.js";
import type { Adjacency, EdgeList } from "../../../graph/graph.js";

type Edge = [source: number, target: number, weight: number];

function listOf(nodes: number, edges: readonly Edge[], weighted = true): EdgeList {
  const list = { nodes, sources: Uint32Array.from(edges, ([s]) => s), targets: Uint32Array.from(edges, ([, t]) => t) };
  return weighted ? { ...list, weights: Float64Array.from(edges, ([, , w]) => w) } : list;
}

/** source,target → weight, by a map. */
function expected(edges: readonly Edge[], { directed, selfLoops, duplicates }: BuildOptions): Map<string, number> {
  const entries = new Map<string, number>();
  for (const [s, t, w] of edges) {
    if (s === t && selfLoops === "drop") continue;
    for (const key of new Set(directed ? [`${s},${t}`] : [`${s},${t}`, `${t},${s}`])) {
      const before = entries.get(key);
      entries.set(key, before === undefined ? w : duplicates === "sum" ? before + w : before);
    }
  }
  return entries;
}

function entries({ offsets, targets, weights }: Adjacency, swap = false): Map<string, number> {
  const found = new Map<string, number>();
  for (let v = 0; v + 1 < offsets.length; v++)
    for (let i = offsets[v]!; i < offsets[v + 1]!; i++) {
      if (i > offsets[v]!) expect(targets[i]!).toBeGreaterThan(targets[i - 1]!);
      found.set(swap ? `${targets[i]},${v}` : `${v},${targets[i]}`, weights?.[i] ?? 1);
    }
  expect(targets.length).toBe(offsets.at(-1));
  return found;
}

const anyOptions = fc.record({
  directed: fc.boolean(),
  selfLoops: fc.constantFrom("keep" as const, "drop" as const),
  duplicates: fc.constantFrom("sum" as const, "first" as const),
});
const anyEdges = fc.array(fc.tuple(fc.nat(5), fc.nat(5), fc.double({ min: 0, max: 9, noNaN: true })), {
  maxLength: 40,
});

test("a built graph holds what a map would, in both directions and ascending", () => {
  fc.assert(
    fc.property(anyEdges, anyOptions, fc.boolean(), (edges, options, weighted) => {
      const { graph, selfLoops, duplicates } = buildGraph(listOf(6, edges, weighted), options);
      const wanted = expected(edges, options);
      const sorted = (map: Map<string, number>) => [...map].map(([key, w]) => [key, weighted ? w : 1]).sort();
      expect(sorted(entries(graph.out))).toEqual(sorted(wanted));
      expect(sorted(entries(graph.in, true))).toEqual(sorted(wanted));
      const loops = edges.filter(([s, t]) => s === t).length;
      const pairs = new Set([...wanted.keys()].map((key) => (options.directed ? key : key.split(",").sort().join())));
      expect(selfLoops).toBe(loops);
      expect(graph.edges).toBe(pairs.size);
      expect(duplicates).toBe(edges.length - (options.selfLoops === "drop" ? loops : 0) - pairs.size);
      expect(graph.in === graph.out).toBe(!options.directed);
    }),
  );
});

test("the arrays are shared, so that threads read them without a copy", () => {
  const { graph } = buildGraph(listOf(2, [[0, 1, 2]]), { directed: true, selfLoops: "keep", duplicates: "sum" });
  for (const array of [graph.out.offsets, graph.out.targets, graph.out.weights!, graph.in.targets, graph.in.weights!])
    expect(array.buffer).toBeInstanceOf(SharedArrayBuffer);
});

test.each(["keep", "drop"] as const)("a million self-loops are counted, with the policy %s", (selfLoops) => {
  const ends = new Uint32Array(1_000_000).fill(1);
  const list = { nodes: 2, sources: ends, targets: ends };
  const { graph, ...counts } = buildGraph(list, { directed: true, selfLoops, duplicates: "first" });
  const kept = selfLoops === "keep" ? 1 : 0;
  expect({ edges: graph.edges, ...counts }).toEqual({
    edges: kept,
    selfLoops: 1_000_000,
    duplicates: kept * 999_999,
  });
});

test.each([
  ["an end that is no node", [[0, 2, 1]] as Edge[], "a node below 2", "2"],
  [
    "a negative weight",
    [
      [0, 1, 1],
      [1, 0, -1],
    ] as Edge[],
    "a finite weight of 0 or more",
    "-1",
  ],
  ["a weight that is no number", [[0, 1, NaN]] as Edge[], "a finite weight of 0 or more", "NaN"],
  ["an endless weight", [[0, 1, Infinity]] as Edge[], "a finite weight of 0 or more", "Infinity"],
])("%s is refused", (_, edges, wanted, got) => {
  const build = () => buildGraph(listOf(2, edges), { directed: true, selfLoops: "keep", duplicates: "sum" });
  expect(build).toThrow(
    expect.objectContaining({
      code: "DATA_INVALID",
      facts: expect.objectContaining({ where: `edge ${edges.length - 1}`, expected: wanted, got }),
    }),
  );
});
