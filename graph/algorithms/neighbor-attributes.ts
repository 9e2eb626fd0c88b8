import type { Adjacency } from "../graph.js";

/** By node, of its neighbors' values. */
export interface NumberAggregate {
  /** NaN if no neighbor has a value. */
  mean: Float64Array;
  max: Float64Array;
  /** The number of neighbors without a value. */
  missing: Uint32Array;
}

/**
 * Aggregates the neighbors' values of a numeric attribute. A neighbor counts once, whatever its
 * edge's weight; a node with a self-loop is its own neighbor.
 * @param adjacency `graph.out` for those a node points to, `graph.in` for those that point to it
 * @param values [nodes], NaN if the attribute is missing
 */
export function aggregateNumbers({ offsets, targets }: Adjacency, values: Float64Array): NumberAggregate {
  const nodes = offsets.length - 1;
  const result = { mean: new Float64Array(nodes), max: new Float64Array(nodes), missing: new Uint32Array(nodes) };
  for (let v = 0; v < nodes; v++) {
    let sum = 0;
    let max = -Infinity;
    let known = 0;
    for (let e = offsets[v]!, last = offsets[v + 1]!; e < last; e++) {
      const value = values[targets[e]!]!;
      if (Number.isNaN(value)) continue;
      sum += value;
      if (value > max) max = value;
      known++;
    }
    result.mean[v] = known > 0 ? sum / known : NaN;
    result.max[v] = known > 0 ? max : NaN;
    result.missing[v] = offsets[v + 1]! - offsets[v]! - known;
  }
  return result;
}

/** By node, of its neighbors' categories. */
export interface CategoryAggregate {
  /** For each category: [nodes], the share among the neighbors that have one; NaN if none has. */
  shares: Float64Array[];
  /** The number of neighbors without a category. */
  missing: Uint32Array;
}

/**
 * The distribution of the neighbors over the categories of an attribute; neighbors as in
 * `aggregateNumbers`.
 * @param category [nodes]: 0 … categories - 1, below 0 if the attribute is missing
 */
export function aggregateCategories(
  { offsets, targets }: Adjacency,
  category: Int32Array,
  categories: number,
): CategoryAggregate {
  const nodes = offsets.length - 1;
  const shares = Array.from({ length: categories }, () => new Float64Array(nodes));
  const missing = new Uint32Array(nodes);
  for (let v = 0; v < nodes; v++) {
    const neighbors = offsets[v + 1]! - offsets[v]!;
    for (let e = offsets[v]!, last = offsets[v + 1]!; e < last; e++) {
      const of = category[targets[e]!]!;
      if (of < 0) missing[v]!++;
      else shares[of]![v]!++;
    }
    for (const share of shares) share[v]! /= neighbors - missing[v]!;
  }
  return { shares, missing };
}
