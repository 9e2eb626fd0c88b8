import type { Adjacency, Graph } from "../graph.js";

/** By node; an undirected graph's three are equal. */
export interface Degrees {
  in: Float64Array;
  out: Float64Array;
  total: Float64Array;
}

/**
 * Degrees, or strengths (sums of the edges' weights): a self-loop counts once in, once out, and
 * twice in the total, as in networkx.
 * @param weighted strengths, if the graph has weights
 */
export function degrees(graph: Graph, { weighted = false } = {}): Degrees {
  if (!graph.directed) {
    const out = rowSums(graph.out, weighted);
    addLoops(graph.out, weighted, out);
    return { in: out, out, total: out };
  }
  return weighted && graph.out.weights ? strengths(graph) : counts(graph);
}

function counts({ nodes, out: { offsets }, in: { offsets: inOffsets } }: Graph): Degrees {
  const found = { in: new Float64Array(nodes), out: new Float64Array(nodes), total: new Float64Array(nodes) };
  for (let v = 0; v < nodes; v++) {
    const out = (offsets[v + 1]! - offsets[v]!) | 0;
    const back = (inOffsets[v + 1]! - inOffsets[v]!) | 0;
    found.out[v] = out;
    found.in[v] = back;
    found.total[v] = out + back;
  }
  return found;
}

function strengths(graph: Graph): Degrees {
  const out = rowSums(graph.out, true);
  const back = rowSums(graph.in, true);
  return { in: back, out, total: out.map((sum, v) => sum + back[v]!) };
}

/** @returns [nodes] the number of each node's entries, or the sum of their weights */
export function rowSums({ offsets, weights }: Adjacency, weighted: boolean): Float64Array {
  const sums = new Float64Array(offsets.length - 1);
  for (let v = 0, i = 0; v < sums.length; v++) {
    const last = offsets[v + 1]!;
    let sum = last - i;
    if (weighted && weights) for (sum = 0; i < last; i++) sum += weights[i]!;
    i = last;
    sums[v] = sum;
  }
  return sums;
}

function addLoops({ offsets, targets, weights }: Adjacency, weighted: boolean, sums: Float64Array): void {
  for (let v = 0; v < sums.length; v++)
    for (let i = offsets[v]!, last = offsets[v + 1]!; i < last; i++)
      if (targets[i] === v) sums[v]! += weighted && weights ? weights[i]! : 1;
}
