import type { Adjacency, Graph } from "../graph.js";

/**
 * Steps of a shortest path from one node to another, by breadth-first search from both ends, always
 * continuing at the end whose next level has fewer edges (Pohl 1971). Memory is allocated once.
 */
export class PairDistance {
  readonly #ahead: Side;
  readonly #behind: Side;

  constructor(graph: Graph) {
    this.#ahead = new Side(graph.out);
    this.#behind = new Side(graph.in);
  }

  /** @returns -1 if there is no path */
  between(from: number, to: number): number {
    if (from === to) return 0;
    this.#ahead.start(from);
    this.#behind.start(to);
    for (;;) {
      const near = this.#ahead.edges <= this.#behind.edges ? this.#ahead : this.#behind;
      // An end without remaining edges has seen all that it can reach, and did not meet the other.
      if (near.edges === 0) return -1;
      if (near.step(near === this.#ahead ? this.#behind : this.#ahead)) return this.#ahead.depth + this.#behind.depth;
    }
  }
}

class Side {
  depth = 0;
  /** Of the last level. */
  edges = 0;
  /** By node: the number of the search that saw it last. */
  readonly #seen: Uint32Array;
  #search = 0;
  readonly #order: Uint32Array;
  #from = 0;
  #to = 0;

  constructor(private readonly adjacency: Adjacency) {
    const nodes = adjacency.offsets.length - 1;
    this.#seen = new Uint32Array(nodes);
    this.#order = new Uint32Array(nodes);
  }

  start(node: number): void {
    this.#search++;
    this.depth = 0;
    this.edges = 0;
    this.#from = 0;
    this.#to = 0;
    this.#see(node);
  }

  /** Continues by one level. @returns whether it meets the other side's */
  step(other: Side): boolean {
    const { offsets, targets } = this.adjacency;
    const last = this.#to;
    this.depth++;
    this.edges = 0;
    for (; this.#from < last; this.#from++) {
      const v = this.#order[this.#from]!;
      for (let e = offsets[v]!; e < offsets[v + 1]!; e++) {
        const w = targets[e]!;
        if (other.#seen[w] === other.#search) return true;
        if (this.#seen[w] !== this.#search) this.#see(w);
      }
    }
    return false;
  }

  #see(node: number): void {
    const { offsets } = this.adjacency;
    this.#seen[node] = this.#search;
    this.#order[this.#to++] = node;
    this.edges += offsets[node + 1]! - offsets[node]!;
  }
}
