import { PawlError } from "../platform/errors.js";
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
 * @throws PawlError NOT_CONVERGED, DATA_INVALID for a personalisation that is negative, not finite or all 0; the signal's reason
 */
export async function pagerank(graph: Graph, options: PagerankOptions = {}): Promise<Float64Array> {
  const { damping = 0.85, weighted = false } = options;
  const { nodes } = graph;
  const jump = normalise(jumps(nodes, options.personalisation), "sum");
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

function jumps(nodes: number, personalisation?: Float64Array): Float64Array {
  if (!personalisation) return new Float64Array(nodes).fill(1);
  const wrong = personalisation.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (wrong < 0 && (nodes === 0 || personalisation.some((weight) => weight > 0))) return personalisation.slice();
  throw new PawlError("DATA_INVALID", "PageRank cannot be personalised by these weights", {
    where: wrong < 0 ? "personalisation" : `personalisation of node ${wrong}`,
    expected: "finite weights of 0 or more, not all 0",
    got: wrong < 0 ? "all 0" : String(personalisation[wrong]),
    next: "correct the weights",
  });
}
