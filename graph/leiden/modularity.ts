import type { Graph } from "../graph.js";
import { groupSums, nodeStrengths } from "./network.js";

/**
 * Modularity of a partition (Newman 2006; directed: Leicht & Newman 2008; resolution: Reichardt &
 * Bornholdt 2006), as networkx's `modularity`, with weights if the graph has them.
 * @param community of each node, less than `nodes`
 * @returns NaN for a graph without edges
 */
export function modularity(graph: Graph, community: Uint32Array, resolution = 1): number {
  const { nodes } = graph;
  const { out, in: into, total } = nodeStrengths(graph);
  const outSums = groupSums(out, community, nodes);
  const inSums = groupSums(into, community, nodes);
  let expected = 0;
  for (let c = 0; c < nodes; c++) expected += outSums[c]! * inSums[c]!;
  return inside(graph, community) / total - (resolution * expected) / total ** 2;
}

/** Weight of the edges inside communities, undirected ones counting twice. */
function inside({ nodes, directed, out: { offsets, targets, weights } }: Graph, community: Uint32Array): number {
  let sum = 0;
  for (let v = 0; v < nodes; v++) {
    for (let e = offsets[v]!; e < offsets[v + 1]!; e++) {
      if (community[targets[e]!] !== community[v]) continue;
      sum += (weights?.[e] ?? 1) * (!directed && targets[e] === v ? 2 : 1);
    }
  }
  return sum;
}
