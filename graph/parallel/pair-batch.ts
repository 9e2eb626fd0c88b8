import { countEntries, type Adjacency, type Graph } from "../graph.js";
import { PairDistance } from "../algorithms/pair-distance.js";
import type { AddBatch } from "./add-batch.js";

/** The results of pair i are at place i; all arrays are in shared memory. */
export interface PairArrays {
  commonNeighbors: Uint32Array;
  jaccard: Float64Array;
  adamicAdar: Float64Array;
  resourceAllocation: Float64Array;
  preferentialAttachment: Float64Array;
  distance: Int32Array;
}

export interface PairTask {
  graph: Graph;
  /** Neighbors in either direction, without self-loops. */
  sides: Adjacency;
  /** By node: whether it has a self-loop. */
  loops: Uint8Array;
  left: Uint32Array;
  right: Uint32Array;
  found: PairArrays;
}

/**
 * The sources are places of pairs, and only their places are written, so threads do not conflict.
 * There are no sums.
 */
export function openPairs({ graph, sides, loops, left, right, found }: PairTask): AddBatch {
  const overlap = new Overlap(sides, loops);
  const distance = new PairDistance(graph);
  return (places) => {
    for (const i of places) {
      const [u, v] = [left[i]!, right[i]!];
      overlap.look(u, v);
      found.commonNeighbors[i] = overlap.common;
      found.jaccard[i] = overlap.union === 0 ? 0 : overlap.common / overlap.union;
      found.adamicAdar[i] = overlap.inverseLogs;
      found.resourceAllocation[i] = overlap.inverses;
      found.preferentialAttachment[i] = overlap.degree(u) * overlap.degree(v);
      found.distance[i] = distance.between(u, v);
    }
  };
}

/** Of two nodes' neighbors. */
class Overlap {
  common = 0;
  union = 0;
  /** Over the common neighbors: of 1 / degree, and of 1 / ln(degree). */
  inverses = 0;
  inverseLogs = 0;

  constructor(
    private readonly sides: Adjacency,
    private readonly loops: Uint8Array,
  ) {}

  look(u: number, v: number): void {
    this.common = this.inverses = this.inverseLogs = 0;
    if (countEntries(this.sides, u) <= countEntries(this.sides, v)) this.#meet(u, v);
    else this.#meet(v, u);
    // A node with a self-loop is its own neighbor, though never a common one.
    this.union = u === v ? this.#size(u) : this.#size(u) + this.#size(v) - this.common - this.#endsShared(u, v);
  }

  /** As networkx counts: a self-loop has two ends. */
  degree(node: number): number {
    return countEntries(this.sides, node) + 2 * this.loops[node]!;
  }

  #size(node: number): number {
    return countEntries(this.sides, node) + this.loops[node]!;
  }

  /** Counts how many of the two are neighbors of both. */
  #endsShared(u: number, v: number): number {
    if (this.loops[u]! + this.loops[v]! === 0) return 0;
    const { offsets, targets } = this.sides;
    const at = firstNotBelow(targets, v, offsets[u]!, offsets[u + 1]!);
    return at < offsets[u + 1]! && targets[at] === v ? this.loops[u]! + this.loops[v]! : 0;
  }

  /** Searches the few neighbors of one among the many of the other; both ascend. */
  #meet(few: number, many: number): void {
    const { offsets, targets } = this.sides;
    const last = offsets[many + 1]!;
    let at = offsets[many]!;
    const search = countEntries(this.sides, many) > 8 * countEntries(this.sides, few);
    for (let e = offsets[few]!; e < offsets[few + 1]! && at < last; e++) {
      const w = targets[e]!;
      if (search) at = firstNotBelow(targets, w, at, last);
      else while (at < last && targets[at]! < w) at++;
      if (at < last && targets[at] === w) this.#add(w);
    }
  }

  #add(w: number): void {
    const degree = this.degree(w);
    this.common++;
    this.inverses += 1 / degree;
    // Only a node paired with itself meets a neighbor of degree 1, which would weigh infinitely.
    if (degree > 1) this.inverseLogs += 1 / Math.log(degree);
  }
}

/** The first place in [from, to) whose target is not below `value`, `to` if there is none. */
function firstNotBelow(targets: Uint32Array, value: number, from: number, to: number): number {
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (targets[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
