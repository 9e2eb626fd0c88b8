import type { EdgeList } from "../../graph/graph.js";

/**
 * A seeded directed graph: uniform sources, targets with the heavy tail of a Pareto distribution
 * (shape 1.2, scale 50).
 */
export function hubEdges(nodes: number, edges: number): EdgeList {
  return drawn(nodes, edges, (uniform) => (50 * ((1 - uniform) ** (-1 / 1.2) - 1)) % nodes);
}

/** A seeded directed graph, all node pairs equally probable. */
export function uniformEdges(nodes: number, edges: number): EdgeList {
  return drawn(nodes, edges, (uniform) => uniform * nodes);
}

/** Xorshift32, for speed (Marsaglia 2003). */
function drawn(nodes: number, edges: number, target: (uniform: number) => number): EdgeList {
  let state = 2463534242;
  const uniform = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const list = { nodes, sources: new Uint32Array(edges), targets: new Uint32Array(edges) };
  for (let i = 0; i < edges; i++) {
    list.sources[i] = uniform() * nodes;
    list.targets[i] = target(uniform());
  }
  return list;
}

/** The edges of a list without self-loops and duplicates, in the order of their sources. */
export function simpleEdges({
  nodes,
  offsets,
  targets,
}: {
  nodes: number;
  offsets: Uint32Array;
  targets: Uint32Array;
}): EdgeList {
  const sources = new Uint32Array(targets.length);
  for (let v = 0; v < nodes; v++) sources.fill(v, offsets[v], offsets[v + 1]);
  return { nodes, sources, targets };
}
