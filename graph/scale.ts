import { sharedFloat64, type Adjacency, type Graph } from "./graph.js";

/**
 * The graph with its weights divided by one power of two, after which the largest is at least 1 and
 * below 2: nothing is rounded, and neither sums nor products of weights leave the range of numbers.
 * Features that depend only on the proportions of weights are computed from it.
 */
export function withUnitWeights(graph: Graph): Graph {
  const largest = graph.out.weights?.reduce((a, b) => Math.max(a, b), 0) ?? 0;
  if (largest === 0) return graph;
  const exponent = Math.floor(Math.log2(largest));
  // The logarithm of a number just below a power of two may be rounded up to that of the power.
  const unit = 2 ** (2 ** exponent > largest ? exponent - 1 : exponent);
  if (unit === 1) return graph;
  const out = divided(graph.out, unit);
  return { ...graph, out, in: graph.in === graph.out ? out : divided(graph.in, unit) };
}

function divided(side: Adjacency, unit: number): Adjacency {
  const weights = sharedFloat64(side.targets.length);
  for (let i = 0; i < weights.length; i++) weights[i] = side.weights![i]! / unit;
  return { ...side, weights };
}
