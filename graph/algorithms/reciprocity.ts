import { countEntries, type Graph } from "../graph.js";

/**
 * The share of a node's edges, in and out, that run both ways: 2 b / (in + out) with b neighbors in
 * both directions (networkx `reciprocity`); NaN for a node without edges. In an undirected graph
 * every edge runs both ways.
 * @returns by node, and of the whole graph: the share of its edges that run both ways, without
 *   self-loops (networkx `overall_reciprocity`); NaN without edges
 */
export function reciprocity(graph: Graph): { nodes: Float64Array; overall: number } {
  const nodes = new Float64Array(graph.nodes);
  let both = 0;
  for (let v = 0; v < graph.nodes; v++) {
    const { shared, loop } = sharedNeighbors(graph, v);
    nodes[v] = (2 * shared) / (countEntries(graph.out, v) + countEntries(graph.in, v));
    both += shared - loop;
  }
  return { nodes, overall: both / graph.out.targets.length };
}

/**
 * The number of neighbors in both of a node's rows, including itself if it has a self-loop; and
 * whether it has one (0 or 1).
 */
export function sharedNeighbors({ out, in: back }: Graph, node: number): { shared: number; loop: number } {
  const last = out.offsets[node + 1]!;
  const backLast = back.offsets[node + 1]!;
  let shared = 0;
  let loop = 0;
  for (let i = out.offsets[node]!, j = back.offsets[node]!; i < last && j < backLast;) {
    const difference = out.targets[i]! - back.targets[j]!;
    if (difference === 0) {
      shared++;
      if (out.targets[i] === node) loop = 1;
    }
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return { shared, loop };
}
