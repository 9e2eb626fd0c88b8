import type { Adjacency } from "../graph.js";

/**
 * Lengths of shortest paths from one node at a time, edges' weights being lengths of 0 or more
 * (Dijkstra 1959), with a binary heap that knows the place of each node. Memory is allocated once,
 * and each search clears what the previous one wrote. Nodes of equal distance settle in an order
 * that depends on the graph alone.
 */
export class DijkstraSearch {
  /** By node: Infinity if the last search did not reach it. */
  readonly distance: Float64Array;
  /** Nodes of the last search in the order in which they were settled, the source first. */
  readonly order: Uint32Array;
  readonly #adjacency: Required<Adjacency>;
  readonly #heap: Uint32Array;
  /** By node: its place in the heap. */
  readonly #position: Uint32Array;
  #heapSize = 0;
  #reached = 0;

  /** @param adjacency whose edges are followed; without weights each is 1 long */
  constructor(adjacency: Adjacency) {
    const nodes = adjacency.offsets.length - 1;
    const { offsets, targets, weights = new Float64Array(targets.length).fill(1) } = adjacency;
    this.#adjacency = { offsets, targets, weights };
    this.distance = new Float64Array(nodes).fill(Infinity);
    this.order = new Uint32Array(nodes);
    this.#heap = new Uint32Array(nodes);
    this.#position = new Uint32Array(nodes);
  }

  /** @returns the number of reached nodes, including the source: the used part of `order` */
  run(source: number): number {
    const { offsets, targets, weights } = this.#adjacency;
    const distance = this.distance;
    for (let i = 0; i < this.#reached; i++) distance[this.order[i]!] = Infinity;
    this.#reached = 0;
    distance[source] = 0;
    this.#heap[0] = source;
    this.#heapSize = 1;
    while (this.#heapSize > 0) {
      const v = this.#takeNearest();
      const base = distance[v]!;
      for (let e = offsets[v]!, last = offsets[v + 1]!; e < last; e++) {
        const w = targets[e]!;
        const length = base + weights[e]!;
        if (length < distance[w]!) this.#bring(w, length);
      }
    }
    return this.#reached;
  }

  #takeNearest(): number {
    const heap = this.#heap;
    const nearest = heap[0]!;
    this.order[this.#reached++] = nearest;
    const moved = heap[--this.#heapSize]!;
    if (this.#heapSize > 0) this.#sink(moved);
    return nearest;
  }

  /** Puts a node at the heap's top and lets it sink. */
  #sink(node: number): void {
    const heap = this.#heap;
    const distance = this.distance;
    const size = this.#heapSize;
    const key = distance[node]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && distance[heap[child + 1]!]! < distance[heap[child]!]!) child++;
      const below = heap[child]!;
      if (key <= distance[below]!) break;
      heap[at] = below;
      this.#position[below] = at;
      at = child;
    }
    heap[at] = node;
    this.#position[node] = at;
  }

  /** Adds a node or reduces its distance, and lets it rise. */
  #bring(node: number, length: number): void {
    const heap = this.#heap;
    const distance = this.distance;
    let at = distance[node] === Infinity ? this.#heapSize++ : this.#position[node]!;
    distance[node] = length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent]!;
      if (distance[above]! <= length) break;
      heap[at] = above;
      this.#position[above] = at;
      at = parent;
    }
    heap[at] = node;
    this.#position[node] = at;
  }
}
