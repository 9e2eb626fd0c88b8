import type { Graph } from "../graph.js";
import { iterate, multiply, normalize, type IterationOptions } from "../iterate.js";
import { withUnitWeights } from "../scale.js";

export interface HitsOptions extends IterationOptions {
  weighted?: boolean;
}

/**
 * Hubs and authorities (Kleinberg 1999) by power iteration from equal values, as networkx `hits`
 * (which uses an edge's weight if it has one). If the graph's largest singular value is not unique,
 * the limit of the iteration; networkx's choice is arbitrary then. Without edges all 0; networkx
 * divides by 0 then.
 * @returns [nodes] each, summing to 1
 * @throws PawlError NOT_CONVERGED; the signal's reason
 */
export async function hits(
  graph: Graph,
  options: HitsOptions = {},
): Promise<{ hubs: Float64Array; authorities: Float64Array }> {
  const { weighted = false } = options;
  const { nodes } = graph;
  const { out, in: incoming } = weighted ? withUnitWeights(graph) : graph;
  const hubs = new Float64Array(nodes);
  const step = (values: Float64Array, next: Float64Array): void => {
    multiply(out, weighted, values, hubs);
    multiply(incoming, weighted, hubs, next);
    normalize(next, "sum");
  };
  const start = new Float64Array(nodes).fill(1 / nodes);
  const authorities = graph.edges === 0 ? hubs.slice() : await iterate("hits", start, step, options);
  multiply(out, weighted, authorities, hubs);
  return { hubs: normalize(hubs, "sum"), authorities };
}
