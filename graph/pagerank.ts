import { rowSums } from "./degree.js";
import type { Graph } from "./graph.js";
import { iterate, multiply, normalise, type IterationOptions } from "./iterate.js";

export interface PagerankOptions extends IterationOptions {
  /** The share of steps that follow an edge. Default 0.85. */
  damping?: number;
  weighted?: boolean;
  /** [nodes], not negative, not all 0: where the other steps land, in proportion. Default: everywhere alike. */
  personalisation?: Float64Array;
}

/**
 * PageRank (Page et al. 1999), personalised on request: from a node that leads nowhere every step lands by `personalisation`. As
 * networkx `pagerank`, whose default tolerance is far looser.
 * @returns [nodes], summing to 1
 * @throws PawlError NOT_CONVERGED; the signal's reason
 */
export async function pagerank(graph: Graph, options: PagerankOptions = {}): Promise<Float64Array> {
  const { damping = 0.85, weighted = false } = options;
  const { nodes } = graph;
  const jump = normalise(options.personalisation?.slice() ?? new Float64Array(nodes).fill(1), "sum");
  const strength = rowSums(graph.out, weighted);
  const share = strength.map((sum) => (sum === 0 ? 0 : damping / sum));
  const sent = new Float64Array(nodes);
  const step = (values: Float64Array, next: Float64Array): void => {
    let lost = 0;
    for (let v = 0; v < nodes; v++) {
      sent[v] = values[v]! * share[v]!;
      if (share[v] === 0) lost += values[v]!;
    }
    multiply(graph.in, weighted, sent, next);
    const jumping = 1 - damping + damping * lost;
    for (let v = 0; v < nodes; v++) next[v]! += jumping * jump[v]!;
  };
  return normalise(await iterate("pagerank", new Float64Array(nodes).fill(1 / nodes), step, options), "sum");
}
