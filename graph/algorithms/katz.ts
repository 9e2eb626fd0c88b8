import type { Graph } from "../graph.js";
import { iterate, multiply, normalize, type IterationOptions } from "../iterate.js";

export interface KatzOptions extends IterationOptions {
  /**
   * The factor for each further step; must be below 1 / the adjacency matrix's largest eigenvalue.
   * Default 0.1.
   */
  alpha?: number;
  /** The initial value of every node. Default 1. */
  beta?: number;
  weighted?: boolean;
  /** To Euclidean norm 1. Default true. */
  normalized?: boolean;
}

/**
 * Katz centrality (Katz 1953): all walks that end at a node, shorter by `alpha` for each step. As
 * networkx `katz_centrality`.
 * @returns [nodes]
 * @throws PawlError NOT_CONVERGED, also if alpha is too large; the signal's reason
 */
export async function katz(graph: Graph, options: KatzOptions = {}): Promise<Float64Array> {
  const { alpha = 0.1, beta = 1, weighted = false, normalized = true } = options;
  const step = (values: Float64Array, next: Float64Array): void => {
    multiply(graph.in, weighted, values, next);
    for (let v = 0; v < next.length; v++) next[v] = alpha * next[v]! + beta;
  };
  const values = await iterate("katz", new Float64Array(graph.nodes), step, options);
  return normalized ? normalize(values, "norm") : values;
}
