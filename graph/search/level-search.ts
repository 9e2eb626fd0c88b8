import type { Adjacency } from "../graph.js";

/**
 * Breadth-first search from one source at a time, for the number of nodes at each distance. Memory
 * is allocated once.
 */
export class LevelSearch {
  /**
   * The places where each level of the last search begins in its order of nodes, and where the last
   * level ends.
   */
  readonly levels: Uint32Array;
  readonly #adjacency: Adjacency;
  /** One more than nodes, for a loop without branches. */
  readonly #order: Uint32Array;
  /** By node: 1 until it is reached. */
  readonly #unseen: Uint8Array;

  constructor(adjacency: Adjacency) {
    const nodes = adjacency.offsets.length - 1;
    this.#adjacency = adjacency;
    this.levels = new Uint32Array(nodes + 1);
    this.#order = new Uint32Array(nodes + 1);
    this.#unseen = new Uint8Array(nodes).fill(1);
  }

  /** @returns the number of levels, including the source's */
  run(source: number, limit: number): number {
    const { offsets, targets } = this.#adjacency;
    const order = this.#order;
    const unseen = this.#unseen;
    order[0] = source;
    unseen[source] = 0;
    let depth = 0;
    let end = 1;
    for (let from = 0, to = 1; from < to && depth <= limit; from = to, to = end) {
      this.levels[depth++] = from;
      const last = depth <= limit ? to : from;
      for (let i = from; i < last; i++) {
        const v = order[i]!;
        for (let e = offsets[v]!, stop = offsets[v + 1]!; e < stop; e++) {
          const w = targets[e]!;
          order[end] = w;
          end += unseen[w]!;
          unseen[w] = 0;
        }
      }
    }
    this.levels[depth] = end;
    for (let i = 0; i < end; i++) unseen[order[i]!] = 1;
    return depth;
  }
}
