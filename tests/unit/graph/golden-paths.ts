import { buildGraph } from "../../../graph/build.js";
import type { Graph } from "../../../graph/graph.js";
import type { PairFeatures } from "../../../graph/algorithms/pairs.js";
import cases from "../../fixtures/graph_paths.json" with { type: "json" };

/** A graph as the fixtures hold it. */
export interface EdgesCase {
  nodes: number;
  directed: boolean;
  edges: [number, number][];
  weights?: number[];
}

/** What networkx says of one graph (tests/fixtures/make_graph_paths.py). */
export interface PathsCase extends EdgesCase {
  betweenness: {
    normalized: number[];
    raw: number[];
    sampled: { sources: number[]; normalized: number[]; raw: number[] } | null;
  };
  pairs: { pairs: [number, number][] } & Record<keyof PairFeatures, number[]>;
  closeness: number[];
  closenessPlain: number[];
  harmonic: number[];
  reachOut: Record<string, number[]>;
  reachIn: Record<string, number[]>;
  weighted?: { betweenness: number[]; closeness: number[]; harmonic: number[] };
}

export const pathsCases = Object.entries(cases as unknown as Record<string, PathsCase>);

export function goldenGraph({ nodes, directed, edges, weights }: EdgesCase): Graph {
  const list = { nodes, sources: Uint32Array.from(edges, ([s]) => s), targets: Uint32Array.from(edges, ([, t]) => t) };
  const weighted = weights ? { ...list, weights: Float64Array.from(weights) } : list;
  return buildGraph(weighted, { directed, selfLoops: "keep", duplicates: "first" }).graph;
}

/** Equal to 12 digits, or to 1e-12 where the expected value is small. */
export function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, v) => {
    const off = Math.abs(actual[v]! - value) / Math.max(1, Math.abs(value));
    if (!(off <= 1e-12)) throw new Error(`node ${v}: expected ${value}, got ${actual[v]}`);
  });
}
