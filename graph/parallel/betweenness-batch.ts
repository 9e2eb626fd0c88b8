import type { Graph } from "../graph.js";
import { WeightedDependencies } from "../algorithms/weighted-dependencies.js";
import type { AddBatch } from "./add-batch.js";

/**
 * The dependencies of sources on every node: `sums[v]` grows by the number of shortest paths from a
 * source through v, as a share if a pair has several (Brandes 2001), and `sums[nodes + v]` by its
 * square if the sums have room for it ([2 · nodes]).
 * @param weighted whether edges' weights are their lengths, all above 0; otherwise every edge is 1
 *   long
 */
export function openBetweenness({ graph, weighted }: { graph: Graph; weighted: boolean }): AddBatch {
  const search = weighted ? new WeightedDependencies(graph) : new Dependencies(graph);
  return (sources, sums) => {
    for (const source of sources) search.add(source, sums);
  };
}

/**
 * Dependencies by breadth-first search (Brandes 2001, "A faster algorithm for betweenness
 * centrality", algorithm 1), with these departures, which change sums only by rounding:
 * - no lists of predecessors: a level's nodes gather from, or scatter to, their neighbors, and what
 *   lies outside the next level adds 0 (gather) or goes where it is never read again (scatter); so
 *   the inner loops have no branches;
 * - each level goes the way with fewer edges, from the frontier or from the unseen (Beamer et al.
 *   2012, "Direction-optimizing breadth-first search"), and back likewise.
 */
class Dependencies {
  readonly #graph: Graph;
  /** Nodes in the order of discovery, level by level; one more, for the branchless push. */
  readonly #order: Uint32Array;
  /** Where each level begins in the order, and where the last ends. */
  readonly #levels: Uint32Array;
  readonly #outEdges: Float64Array;
  readonly #inEdges: Float64Array;
  /** By node: 1 until it is discovered. */
  readonly #unseen: Uint8Array;
  /**
   * By node: number of shortest paths, valid when its level is entered, garbage afterwards; 0 for
   * the unseen.
   */
  readonly #arriving: Float64Array;
  /**
   * By node: sum over successors of (1 + dependency) / paths, valid when its level is entered
   * backwards.
   */
  readonly #returning: Float64Array;
  /** By node: the values of one level, 0 everywhere else. */
  readonly #level: Float64Array;
  /** By place in the order. */
  readonly #paths: Float64Array;
  /** By place in the order: (1 + dependency) / paths. */
  readonly #share: Float64Array;
  /** Candidates for pulling, ascending; a superset of the unseen once it is filled. */
  readonly #rest: Uint32Array;
  #restCount = 0;

  constructor(graph: Graph) {
    const { nodes } = graph;
    this.#graph = graph;
    this.#order = new Uint32Array(nodes + 1);
    this.#levels = new Uint32Array(nodes + 1);
    this.#outEdges = new Float64Array(nodes);
    this.#inEdges = new Float64Array(nodes);
    this.#unseen = new Uint8Array(nodes).fill(1);
    this.#arriving = new Float64Array(nodes);
    this.#returning = new Float64Array(nodes);
    this.#level = new Float64Array(nodes);
    this.#paths = new Float64Array(nodes);
    this.#share = new Float64Array(nodes);
    this.#rest = new Uint32Array(nodes);
  }

  add(source: number, sums: Float64Array): void {
    const depth = this.#search(source);
    const levels = this.#levels;
    const paths = this.#paths;
    for (let i = levels[depth - 1]!; i < levels[depth]!; i++) this.#share[i] = 1 / paths[i]!;
    for (let level = depth - 2; level > 0; level--) {
      if (this.#outEdges[level]! < this.#inEdges[level + 1]!) this.#gatherBack(level);
      else this.#scatterBack(level);
      this.#settle(level, sums);
    }
    this.#forget(levels[depth]!);
  }

  /** Levels, and paths of every node reached. @returns the number of levels */
  #search(source: number): number {
    const { nodes } = this.#graph;
    this.#order[0] = source;
    this.#unseen[source] = 0;
    this.#arriving[source] = 1;
    let unseenEdges = this.#graph.in.targets.length;
    let pulled = false;
    let depth = 0;
    for (let from = 0, to = 1; from < to; depth++) {
      this.#levels[depth] = from;
      this.#enter(depth, from, to);
      unseenEdges -= this.#inEdges[depth]!;
      const pull = unseenEdges < this.#outEdges[depth]!;
      if (pull && !pulled) this.#listUnseen();
      pulled ||= pull;
      const end = to === nodes ? to : pull ? this.#pull(from, to) : this.#push(from, to);
      from = to;
      to = end;
      this.#levels[depth + 1] = from;
    }
    return depth;
  }

  /** Stores the path counts that have arrived at a level, and counts its edges. */
  #enter(depth: number, from: number, to: number): void {
    const order = this.#order;
    const arriving = this.#arriving;
    const paths = this.#paths;
    const returning = this.#returning;
    const outOffsets = this.#graph.out.offsets;
    const inOffsets = this.#graph.in.offsets;
    let outEdges = 0;
    let inEdges = 0;
    for (let i = from; i < to; i++) {
      const v = order[i]!;
      paths[i] = arriving[v]!;
      returning[v] = 0;
      outEdges += outOffsets[v + 1]! - outOffsets[v]!;
      inEdges += inOffsets[v + 1]! - inOffsets[v]!;
    }
    this.#outEdges[depth] = outEdges;
    this.#inEdges[depth] = inEdges;
  }

  #listUnseen(): void {
    const unseen = this.#unseen;
    const rest = this.#rest;
    let count = 0;
    for (let v = 0; v < unseen.length; v++) {
      if (unseen[v] === 1) rest[count++] = v;
    }
    this.#restCount = count;
  }

  /** Every unseen node gathers from the level. @returns the end of the next level */
  #pull(from: number, to: number): number {
    const { offsets, targets } = this.#graph.in;
    const order = this.#order;
    const level = this.#level;
    const unseen = this.#unseen;
    const rest = this.#rest;
    const candidates = this.#restCount;
    for (let i = from; i < to; i++) level[order[i]!] = this.#paths[i]!;
    let kept = 0;
    let end = to;
    for (let k = 0; k < candidates; k++) {
      const w = rest[k]!;
      if (unseen[w] === 0) continue;
      let sum = 0;
      for (let e = offsets[w]!, last = offsets[w + 1]!; e < last; e++) sum += level[targets[e]!]!;
      if (sum === 0) {
        rest[kept++] = w;
        continue;
      }
      this.#arriving[w] = sum;
      unseen[w] = 0;
      order[end++] = w;
    }
    this.#restCount = kept;
    for (let i = from; i < to; i++) level[order[i]!] = 0;
    return end;
  }

  /** The level scatters to all its neighbors. @returns the end of the next level */
  #push(from: number, to: number): number {
    const { offsets, targets } = this.#graph.out;
    const order = this.#order;
    const arriving = this.#arriving;
    const unseen = this.#unseen;
    const paths = this.#paths;
    let end = to;
    for (let i = from; i < to; i++) {
      const v = order[i]!;
      const arrive = paths[i]!;
      for (let e = offsets[v]!, last = offsets[v + 1]!; e < last; e++) {
        const w = targets[e]!;
        arriving[w]! += arrive;
        order[end] = w;
        end += unseen[w]!;
        unseen[w] = 0;
      }
    }
    return end;
  }

  /** The level's nodes gather from their successors in the next. */
  #gatherBack(depth: number): void {
    const { offsets, targets } = this.#graph.out;
    const order = this.#order;
    const level = this.#level;
    const [from, to, end] = [this.#levels[depth]!, this.#levels[depth + 1]!, this.#levels[depth + 2]!];
    for (let i = to; i < end; i++) level[order[i]!] = this.#share[i]!;
    for (let i = from; i < to; i++) {
      const v = order[i]!;
      let sum = 0;
      for (let e = offsets[v]!, last = offsets[v + 1]!; e < last; e++) sum += level[targets[e]!]!;
      this.#returning[v] = sum;
    }
    for (let i = to; i < end; i++) level[order[i]!] = 0;
  }

  /** The next level's nodes scatter to all that lead to them. */
  #scatterBack(depth: number): void {
    const { offsets, targets } = this.#graph.in;
    const order = this.#order;
    const returning = this.#returning;
    for (let i = this.#levels[depth + 1]!, end = this.#levels[depth + 2]!; i < end; i++) {
      const w = order[i]!;
      const share = this.#share[i]!;
      for (let e = offsets[w]!, last = offsets[w + 1]!; e < last; e++) returning[targets[e]!]! += share;
    }
  }

  /** Dependencies of a level from the sums that have arrived at it. */
  #settle(depth: number, sums: Float64Array): void {
    const order = this.#order;
    const paths = this.#paths;
    const returning = this.#returning;
    const share = this.#share;
    const { nodes } = this.#graph;
    const squares = sums.length > nodes;
    for (let i = this.#levels[depth]!, to = this.#levels[depth + 1]!; i < to; i++) {
      const v = order[i]!;
      const dependency = returning[v]! * paths[i]!;
      sums[v]! += dependency;
      if (squares) sums[nodes + v]! += dependency * dependency;
      share[i] = (1 + dependency) / paths[i]!;
    }
  }

  #forget(reached: number): void {
    for (let i = 0; i < reached; i++) {
      const v = this.#order[i]!;
      this.#unseen[v] = 1;
      this.#arriving[v] = 0;
    }
  }
}
