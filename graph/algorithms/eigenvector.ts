import type { Graph } from "../graph.js";
import { iterate, multiply, normalize, type IterationOptions } from "../iterate.js";
import { withUnitWeights } from "../scale.js";

export interface EigenvectorOptions extends IterationOptions {
  weighted?: boolean;
}

/**
 * Eigenvector centrality (Bonacich 1987): the left eigenvector of the largest eigenvalue, by power
 * iteration with A + I from equal values, as networkx `eigenvector_centrality`; A's largest weight
 * is scaled to 1, because I would else hide it or vanish beside it. In a graph that is not strongly
 * connected it depends on that start; without a cycle it does not converge.
 * @returns [nodes], of Euclidean norm 1
 * @throws PawlError NOT_CONVERGED; the signal's reason
 */
export async function eigenvector(graph: Graph, options: EigenvectorOptions = {}): Promise<Float64Array> {
  const { weighted = false } = options;
  const { in: incoming } = weighted ? withUnitWeights(graph) : graph;
  const step = (values: Float64Array, next: Float64Array): void => {
    multiply(incoming, weighted, values, next);
    for (let v = 0; v < next.length; v++) next[v]! += values[v]!;
    normalize(next, "norm");
  };
  return iterate("eigenvector", new Float64Array(graph.nodes).fill(1 / graph.nodes), step, options);
}
