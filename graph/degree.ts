import { entriesOf, type Adjacency, type Graph } from "./graph.js";

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
  if (graph.directed) {
    const back = rowSums(graph.in, weighted);
    return { in: back, out, total: out.map((sum, v) => sum + back[v]!) };
  }
  addLoops(graph.out, weighted, out);
  return { in: out, out, total: out };
}

/** @returns [nodes] the number of each node's entries, or the sum of their weights */
export function rowSums(adjacency: Adjacency, weighted: boolean): Float64Array {
  const { offsets, weights } = adjacency;
  const sums = new Float64Array(offsets.length - 1);
  for (let v = 0; v < sums.length; v++) {
    if (!weighted || !weights) {
      sums[v] = entriesOf(adjacency, v);
      continue;
    }
    let sum = 0;
    for (let i = offsets[v]!, last = offsets[v + 1]!; i < last; i++) sum += weights[i]!;
    sums[v] = sum;
  }
  return sums;
}

function addLoops({ offsets, targets, weights }: Adjacency, weighted: boolean, sums: Float64Array): void {
  for (let v = 0; v < sums.length; v++)
    for (let i = offsets[v]!, last = offsets[v + 1]!; i < last; i++)
      if (targets[i] === v) sums[v]! += weighted && weights ? weights[i]! : 1;
}
