import { PawlError } from "../../platform/errors.js";
import { rowSums } from "./degree.js";
import type { Graph } from "../graph.js";
import { iterate, multiply, normalize, type IterationOptions } from "../iterate.js";
import { reachedPart, type ReachedPart } from "../search/reached-part.js";
import { withUnitWeights } from "../scale.js";

export interface PagerankOptions extends IterationOptions {
  /** The share of steps that follow an edge. Default 0.85. */
  damping?: number;
  weighted?: boolean;
  /**
   * [nodes], not negative, not all 0: where the other steps land, in proportion. Default: uniform.
   */
  personalization?: Float64Array;
}

/**
 * PageRank (Page et al. 1999), personalized on request: from a node without outgoing edges every
 * step lands by `personalization`. As networkx `pagerank`, whose default tolerance is far looser.
 * Departure: nodes without incoming edges are reached by jumps alone, so their values keep the
 * proportions of `personalization`; what they send is added up once, and the iteration runs over
 * the other nodes and one number for all of these.
 * @returns [nodes], summing to 1
 * @throws PawlError NOT_CONVERGED, DATA_INVALID for a personalization that is negative, not finite
 *   or all 0; the signal's reason
 */
export async function pagerank(given: Graph, options: PagerankOptions = {}): Promise<Float64Array> {
  const { damping = 0.85, weighted = false } = options;
  const graph = weighted ? withUnitWeights(given) : given;
  const jump = normalize(jumps(graph.nodes, options.personalization), "sum");
  const strength = rowSums(graph.out, weighted);
  const share = new Float64Array(graph.nodes);
  for (let v = 0; v < share.length; v++) if (strength[v]! > 0) share[v] = damping / strength[v]!;
  const reached = reachedPart(graph, weighted, jump, share);
  const { count } = reached;
  const start = new Float64Array(count + 1);
  start.set(reached.jump);
  start[count] = reached.rest;
  const found = await iterate("pagerank", start, createStep(reached, damping, weighted), options);
  const scale = scaleOfRest(reached, found);
  const values = new Float64Array(graph.nodes);
  for (let v = 0; v < values.length; v++) values[v] = jump[v]! * scale;
  for (let j = 0; j < count; j++) values[reached.nodes[j]!] = found[j]!;
  return normalize(values, "sum");
}

/** The values of the rest, as a multiple of `jump`. */
const scaleOfRest = ({ count, rest }: ReachedPart, values: Float64Array): number =>
  rest === 0 ? 0 : values[count]! / rest;

/** A step over [count + 1] values: those of the reached nodes, and the sum of the rest. */
function createStep(reached: ReachedPart, damping: number, weighted: boolean) {
  const { count, jump, share, fed } = reached;
  const sent = new Float64Array(count);
  return (values: Float64Array, next: Float64Array): void => {
    const scale = scaleOfRest(reached, values);
    let lost = scale * reached.lost;
    for (let j = 0; j < count; j++) {
      sent[j] = values[j]! * share[j]!;
      if (share[j] === 0) lost += values[j]!;
    }
    multiply(reached.in, weighted, sent, next);
    const jumping = 1 - damping + damping * lost;
    for (let j = 0; j < count; j++) next[j]! += scale * fed[j]! + jumping * jump[j]!;
    next[count] = jumping * reached.rest;
  };
}

function jumps(nodes: number, personalization?: Float64Array): Float64Array {
  if (!personalization) return new Float64Array(nodes).fill(1);
  const wrong = personalization.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (wrong < 0 && (nodes === 0 || personalization.some((weight) => weight > 0))) return personalization.slice();
  throw new PawlError("DATA_INVALID", "PageRank cannot be personalized by these weights", {
    where: wrong < 0 ? "personalization" : `personalization of node ${wrong}`,
    expected: "finite weights of 0 or more, not all 0",
    got: wrong < 0 ? "all 0" : String(personalization[wrong]),
    next: "correct the weights",
  });
}
