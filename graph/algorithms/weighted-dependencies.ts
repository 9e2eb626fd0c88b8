import { DijkstraSearch } from "../search/dijkstra.js";
import type { Graph } from "../graph.js";

/**
 * Dependencies if edges' weights are lengths above 0: Brandes 2001, algorithm 1 with Dijkstra's
 * search, predecessors found by comparing lengths again instead of being kept in lists. As in
 * networkx, two paths are equally short if their lengths, added up from the source, are the same
 * number.
 */
export class WeightedDependencies {
  readonly #graph: Graph;
  readonly #search: DijkstraSearch;
  readonly #weights: Float64Array;
  /** By node: its place in the order in which nodes were settled. */
  readonly #position: Uint32Array;
  /** By node: number of shortest paths. */
  readonly #paths: Float64Array;
  /** By node: (1 + dependency) / paths. */
  readonly #share: Float64Array;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#search = new DijkstraSearch(graph.out);
    this.#weights = graph.out.weights ?? new Float64Array(graph.out.targets.length).fill(1);
    this.#position = new Uint32Array(graph.nodes);
    this.#paths = new Float64Array(graph.nodes);
    this.#share = new Float64Array(graph.nodes);
  }

  add(source: number, sums: Float64Array): void {
    const { order } = this.#search;
    const reached = this.#search.run(source);
    for (let i = 0; i < reached; i++) {
      this.#position[order[i]!] = i;
      this.#paths[order[i]!] = 0;
    }
    this.#paths[source] = 1;
    for (let i = 0; i < reached; i++) this.#passOn(order[i]!);
    const { nodes } = this.#graph;
    const squares = sums.length > nodes;
    for (let i = reached - 1; i > 0; i--) {
      const v = order[i]!;
      const dependency = this.#gather(v) * this.#paths[v]!;
      sums[v]! += dependency;
      if (squares) sums[nodes + v]! += dependency * dependency;
      this.#share[v] = (1 + dependency) / this.#paths[v]!;
    }
  }

  /** Adds a node's paths to its successors'. */
  #passOn(v: number): void {
    const { offsets, targets } = this.#graph.out;
    for (let e = offsets[v]!; e < offsets[v + 1]!; e++) {
      if (this.#isOnPath(v, e)) this.#paths[targets[e]!]! += this.#paths[v]!;
    }
  }

  /** Sum of the successors' shares. */
  #gather(v: number): number {
    const { offsets, targets } = this.#graph.out;
    let sum = 0;
    for (let e = offsets[v]!; e < offsets[v + 1]!; e++) {
      if (this.#isOnPath(v, e)) sum += this.#share[targets[e]!]!;
    }
    return sum;
  }

  /**
   * Whether entry e, an edge from v, is the end of a shortest path. The place decides if a length
   * is lost in rounding.
   */
  #isOnPath(v: number, e: number): boolean {
    const w = this.#graph.out.targets[e]!;
    const { distance } = this.#search;
    return distance[v]! + this.#weights[e]! === distance[w] && this.#position[v]! < this.#position[w]!;
  }
}
