import { PawlError } from "../../platform/errors.js";
import type { Graph } from "../graph.js";
import type { RunControl } from "../parallel/run-batches.js";
import type { Threads } from "../parallel/threads.js";
import { everyNode } from "../sample.js";

export interface BetweennessOptions extends RunControl {
  /** Divide by the number of pairs that a node could be between. Default true. */
  normalized?: boolean;
  /** Weights are lengths, all above 0; otherwise every edge is 1 long. Default false. */
  weighted?: boolean;
  /**
   * Only shortest paths from these nodes (`sampleNodes`) are counted, and scaled up. Default: from
   * every node.
   */
  sample?: Uint32Array;
}

export interface Betweenness {
  /** [nodes]; NaN for the source of a sample of one. */
  values: Float64Array;
  /** Present if the values come from a sample. */
  error?: SamplingError;
}

/** The possible error of a sample's values. */
export interface SamplingError {
  /** The number of sampled sources. */
  sources: number;
  /**
   * [nodes]: estimated standard error of each value, on the values' scale; NaN with fewer than two
   * observations.
   */
  standardError: Float64Array;
  /** With a probability of at least `confidence` no value is further off than `bound`. */
  bound: number;
  confidence: number;
}

/**
 * Betweenness centrality (Freeman 1977) by Brandes' algorithm, as networkx's
 * `betweenness_centrality` with `endpoints=False`: an undirected pair counts once, and a sample is
 * scaled likewise (a source is no observation of itself, so the sources' own sums are divided by
 * one less).
 * @throws PawlError DATA_INVALID for a length of 0 (the number of shortest paths would be
 *   infinite), COMPUTE_FAILED if it exceeds a double's range, and what `Threads.run` throws
 */
export async function betweenness(
  graph: Graph,
  threads: Threads,
  options: BetweennessOptions = {},
): Promise<Betweenness> {
  const { normalized = true, weighted = false, sample, ...control } = options;
  if (weighted) requireLengths(graph);
  const sampled = sample !== undefined && sample.length < graph.nodes;
  const sums = await threads.run(
    "betweenness",
    { graph, weighted },
    { ...control, sources: sampled ? sample : everyNode(graph.nodes), length: graph.nodes * (sampled ? 2 : 1) },
  );
  const broken = sums.findIndex((sum) => !Number.isFinite(sum));
  if (broken >= 0) throw tooManyPaths(broken % graph.nodes);
  const scale = sampled ? sampleScale(graph, normalized, new Set(sample)) : fullScale(graph, normalized);
  const values = Float64Array.from({ length: graph.nodes }, (_, v) => sums[v]! * scale(v));
  return sampled ? { values, error: samplingError(graph, normalized, sample, sums) } : { values };
}

/**
 * The number of pairs with this source that another node could be between; for raw values, its
 * share in them.
 */
function pairsOfSource({ nodes, directed }: Graph, normalized: boolean): number {
  return normalized ? nodes - 2 : directed ? 1 / (nodes - 1) : 2 / (nodes - 1);
}

/** The factor of a node's sum. With two nodes, none is between others. */
function fullScale(graph: Graph, normalized: boolean): () => number {
  const scale = graph.nodes < 3 ? 1 : 1 / ((graph.nodes - 1) * pairsOfSource(graph, normalized));
  return () => scale;
}

function sampleScale(graph: Graph, normalized: boolean, sources: Set<number>): (node: number) => number {
  if (graph.nodes < 3) return () => 1;
  const pairs = pairsOfSource(graph, normalized);
  return (v) => {
    const observations = sources.size - Number(sources.has(v));
    return observations > 0 ? 1 / (observations * pairs) : NaN;
  };
}

/**
 * Standard error of a mean that was drawn without replacement from the nodes - 1 other sources
 * (Cochran 1977, "Sampling techniques", 2.6). The bound is Hoeffding's with a union over the nodes
 * (Brandes & Pich 2007, "Centrality estimation in large networks", section 3): what one source adds
 * to a node lies between 0 and nodes - 2.
 */
function samplingError(graph: Graph, normalized: boolean, sample: Uint32Array, sums: Float64Array): SamplingError {
  const { nodes, directed } = graph;
  const sources = new Set(sample);
  const scale = sampleScale(graph, normalized, sources);
  const standardError = Float64Array.from({ length: nodes }, (_, v) => {
    const observations = sources.size - Number(sources.has(v));
    if (observations < 2) return NaN;
    const variance = Math.max(0, sums[nodes + v]! - sums[v]! ** 2 / observations) / (observations - 1);
    return scale(v) * Math.sqrt(variance * observations * (1 - observations / (nodes - 1)));
  });
  const confidence = 0.95;
  const largest = normalized ? 1 : ((nodes - 1) * (nodes - 2)) / (directed ? 1 : 2);
  const width = Math.sqrt(Math.log((2 * nodes) / (1 - confidence)) / (2 * Math.max(1, sources.size - 1)));
  return { sources: sources.size, standardError, bound: largest * Math.min(1, width), confidence };
}

function requireLengths({ out }: Graph): void {
  const at = out.weights?.findIndex((weight) => !(weight > 0)) ?? -1;
  if (at < 0) return;
  throw new PawlError("DATA_INVALID", "betweenness with weights needs lengths above 0", {
    expected: "every weight above 0",
    got: `weight ${out.weights![at]} on an edge to node ${out.targets[at]}`,
    next: "drop such edges, or compute betweenness without weights",
  });
}

const tooManyPaths = (node: number): PawlError =>
  new PawlError("COMPUTE_FAILED", "there are more shortest paths than a double can count", {
    where: `betweenness of node ${node}`,
    expected: "at most 1.8e308 shortest paths between two nodes",
    next: "remove betweenness, or compute it on a part of the graph",
  });
