import type { Adjacency, Graph } from "./graph.js";

/** By node; an undirected graph's three are equal. */
export interface Degrees {
  in: Float64Array;
  out: Float64Array;
  total: Float64Array;
}

/**
 * Degrees, or strengths (sums of the edges' weights): a self-loop counts once in, once out, and twice in the total, as in networkx.
 * @param weighted strengths, where the graph has weights
 */
export function degrees(graph: Graph, { weighted = false } = {}): Degrees {
  const out = rowSums(graph.out, weighted);
  if (!graph.directed) {
    addLoops(graph.out, weighted, out);
    return { in: out, out, total: out };
  }
  const back = rowSums(graph.in, weighted);
  const total = new Float64Array(graph.nodes);
  for (let v = 0; v < graph.nodes; v++) total[v] = out[v]! + back[v]!;
  return { in: back, out, total };
}

/** @returns [nodes] the number of each node's entries, or the sum of their weights */
export function rowSums({ offsets, weights }: Adjacency, weighted: boolean): Float64Array {
  const sums = new Float64Array(offsets.length - 1);
  for (let v = 0; v < sums.length; v++) {
    const first = offsets[v]!;
    const last = offsets[v + 1]!;
    let sum = last - first;
    if (weighted && weights) {
      sum = 0;
      for (let i = first; i < last; i++) sum += weights[i]!;
    }
    sums[v] = sum;
  }
  return sums;
}

function addLoops({ offsets, targets, weights }: Adjacency, weighted: boolean, sums: Float64Array): void {
  for (let v = 0; v < sums.length; v++)
    for (let i = offsets[v]!, last = offsets[v + 1]!; i < last; i++)
      if (targets[i] === v) sums[v]! += weighted && weights ? weights[i]! : 1;
}
