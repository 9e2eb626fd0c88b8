import type { Graph } from "../graph.js";
import type { RunControl } from "../parallel/run-batches.js";
import type { Threads } from "../parallel/threads.js";
import { everyNode } from "../sample.js";

export interface ClosenessOptions extends RunControl {
  /** Weights are lengths; otherwise every edge is 1 long. Default false. */
  weighted?: boolean;
  /**
   * Times the share of nodes that reach the node (Wasserman & Faust 1994, p. 201), as by default in
   * networkx. Default true.
   */
  improved?: boolean;
  /**
   * Only distances from these nodes (`sampleNodes`) are measured, and scaled up. Default: from
   * every node.
   */
  sample?: Uint32Array;
}

export interface Closeness {
  /** [nodes]; NaN for the source of a sample of one. */
  closeness: Float64Array;
  /** [nodes]; NaN for the source of a sample of one. */
  harmonic: Float64Array;
  /**
   * If the values come from a sample: [nodes] estimated standard errors, NaN with fewer than two
   * observations.
   */
  error?: { sources: number; closeness: Float64Array; harmonic: Float64Array };
}

/**
 * Closeness (Freeman 1979) and harmonic centrality (Boldi & Vigna 2014) of every node, as
 * networkx's `closeness_centrality` and `harmonic_centrality`: distances run *to* the node along
 * the edges' direction, and nodes that do not reach it add nothing.
 *
 * From a sample of sources (Eppstein & Wang 2001, "Fast approximation of centrality"): with c of k
 * sources reaching a node over a sum of distances S, closeness is c² / (k S) (not improved: c / S)
 * and harmonic centrality nodes - 1 times the mean inverse distance, which is exact if every node
 * is a source.
 */
export async function closeness(graph: Graph, threads: Threads, options: ClosenessOptions = {}): Promise<Closeness> {
  const { weighted = false, improved = true, sample, ...control } = options;
  if (sample !== undefined && sample.length < graph.nodes) {
    const length = 5 * graph.nodes;
    const sums = await threads.run("pivots", { graph, weighted }, { ...control, sources: sample, length });
    return estimate(graph.nodes, improved, sample, sums);
  }
  const run = { ...control, sources: everyNode(graph.nodes), length: 3 * graph.nodes, batch: 256 };
  const sums = await threads.run("distances", { graph, weighted }, run);
  return exact(graph.nodes, improved, sums);
}

function exact(nodes: number, improved: boolean, sums: Float64Array): Closeness {
  const values = new Float64Array(nodes);
  for (let v = 0; v < nodes; v++) {
    const [reaching, total] = [sums[v]!, sums[nodes + v]!];
    if (total > 0) values[v] = (reaching / total) * (improved ? reaching / (nodes - 1) : 1);
  }
  return { closeness: values, harmonic: sums.slice(2 * nodes) };
}

function estimate(nodes: number, improved: boolean, sample: Uint32Array, sums: Float64Array): Closeness {
  const sources = new Set(sample);
  const row = (index: number): Float64Array => sums.subarray(index * nodes, (index + 1) * nodes);
  const [reached, totals, squares, inverses, inverseSquares] = [row(0), row(1), row(2), row(3), row(4)];
  const observations = Uint32Array.from({ length: nodes }, (_, v) => sources.size - Number(sources.has(v)));
  const values = new Float64Array(nodes);
  const valueErrors = new Float64Array(nodes);
  const harmonic = inverses.map((inverse, v) => ((nodes - 1) * inverse) / observations[v]!);
  const harmonicErrors = inverses.map(
    (inverse, v) => (nodes - 1) * standardError(inverse, inverseSquares[v]!, observations[v]!, nodes),
  );
  for (let v = 0; v < nodes; v++) {
    const observed = observations[v]!;
    // A function of two means, and its slopes along them (the delta method).
    const [value, byShare, byMean] = ofMeans(reached[v]! / observed, totals[v]! / observed, improved);
    const sum = byShare * reached[v]! + byMean * totals[v]!;
    const square = byShare ** 2 * reached[v]! + 2 * byShare * byMean * totals[v]! + byMean ** 2 * squares[v]!;
    values[v] = value;
    valueErrors[v] = standardError(sum, square, observed, nodes);
  }
  return {
    closeness: values,
    harmonic,
    error: { sources: sources.size, closeness: valueErrors, harmonic: harmonicErrors },
  };
}

/**
 * @param share of sources that reach a node
 * @param mean distance from a source, those that do not reach it counting 0
 * @returns closeness and its derivatives by share and by mean
 */
function ofMeans(share: number, mean: number, improved: boolean): [number, number, number] {
  if (mean === 0) return [0, 0, 0];
  return improved
    ? [share ** 2 / mean, (2 * share) / mean, -((share / mean) ** 2)]
    : [share / mean, 1 / mean, -share / mean ** 2];
}

/**
 * Of a mean of values with this sum and sum of squares, drawn without replacement from the nodes -
 * 1 others (Cochran 1977, 2.6).
 */
function standardError(sum: number, squares: number, observed: number, nodes: number): number {
  if (observed < 2) return NaN;
  const variance = Math.max(0, squares - sum ** 2 / observed) / (observed - 1);
  return Math.sqrt((variance / observed) * (1 - observed / (nodes - 1)));
}
