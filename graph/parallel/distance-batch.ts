import { BitCounter } from "../search/bit-counter.js";
import { BitSearch, searchWidth } from "../search/bit-search.js";
import { DijkstraSearch } from "../search/dijkstra.js";
import type { Adjacency, Graph } from "../graph.js";
import { LevelSearch } from "../search/level-search.js";
import type { AddBatch } from "./add-batch.js";

/**
 * Sums of the distances *to* each source, in three rows, [3 · nodes], each written at the source's
 * place: the number of other nodes that reach it, the sum of their distances, and the sum of the
 * inverse of those that are not 0.
 * @param weighted whether edges' weights are their lengths; otherwise every edge is 1 long
 */
export function openDistances({ graph, weighted }: { graph: Graph; weighted: boolean }): AddBatch {
  return weighted ? byDijkstra(graph) : byLevels(graph);
}

function byLevels(graph: Graph): AddBatch {
  const { nodes } = graph;
  const levels = new LevelCounts(graph.in, graph.out);
  return (sources, sums) =>
    levels.count(sources, Infinity, (source, distance, count) => {
      sums[source]! += count;
      sums[nodes + source]! += count * distance;
      sums[2 * nodes + source]! += count / distance;
    });
}

function byDijkstra(graph: Graph): AddBatch {
  const { nodes } = graph;
  const search = new DijkstraSearch(graph.in);
  return (sources, sums) => {
    for (const source of sources) {
      const reached = search.run(source);
      sums[source] = reached - 1;
      for (let i = 1; i < reached; i++) {
        const distance = search.distance[search.order[i]!]!;
        sums[nodes + source]! += distance;
        if (distance !== 0) sums[2 * nodes + source]! += 1 / distance;
      }
    }
  };
}

/**
 * The number of other nodes that each source reaches within some numbers of steps: a row of sums
 * for each number, [hops.length · nodes].
 * @param direction "out" for the nodes that the source reaches, "in" for those that reach it
 * @param hops ascending
 */
export function openReach({
  graph,
  direction,
  hops,
}: {
  graph: Graph;
  direction: "in" | "out";
  hops: number[];
}): AddBatch {
  const { nodes } = graph;
  const backward = direction === "out" ? graph.in : graph.out;
  const levels = new LevelCounts(graph[direction], backward);
  return (sources, sums) =>
    levels.count(sources, hops.at(-1)!, (source, distance, count) => {
      for (let h = hops.length - 1; h >= 0 && hops[h]! >= distance; h--) sums[h * nodes + source]! += count;
    });
}

/**
 * Counts for each source the nodes at each distance above 0. Searches by bits, until that reads
 * more than single searches would: in a graph of long paths frontiers hardly overlap. Either way
 * the numbers are the same.
 */
class LevelCounts {
  readonly #counter = new BitCounter();
  readonly #counts = new Uint32Array(searchWidth);
  readonly #bits: BitSearch;
  readonly #single: LevelSearch;
  readonly #degree: number;
  #byBits = true;

  /** @param forward the edges that are followed; `backward` the same from their other end */
  constructor(forward: Adjacency, backward: Adjacency) {
    this.#bits = new BitSearch(forward, backward);
    this.#single = new LevelSearch(forward);
    this.#degree = forward.targets.length / (forward.offsets.length - 1);
  }

  /** @param limit the greatest distance that matters */
  count(sources: Uint32Array, limit: number, tell: TellLevel): void {
    for (let first = 0; first < sources.length; first += searchWidth) {
      const together = sources.subarray(first, first + searchWidth);
      if (this.#byBits) this.#countByBits(together, limit, tell);
      else for (const source of together) this.#countAlone(source, limit, tell);
    }
  }

  #countByBits(sources: Uint32Array, limit: number, tell: TellLevel): void {
    const search = this.#bits;
    let reached = sources.length;
    search.start(sources);
    for (let distance = 1; distance <= limit && search.step(); distance++) {
      for (let i = 0; i < search.count; i++) this.#counter.add(search.bits[search.fresh[i]!]!);
      this.#counter.take(this.#counts);
      for (let i = 0; i < sources.length; i++) {
        const count = this.#counts[i]!;
        reached += count;
        if (count > 0) tell(sources[i]!, distance, count);
      }
    }
    this.#byBits = search.reads < reached * this.#degree;
  }

  #countAlone(source: number, limit: number, tell: TellLevel): void {
    const depth = this.#single.run(source, limit);
    const { levels } = this.#single;
    for (let distance = 1; distance < depth; distance++) {
      tell(source, distance, levels[distance + 1]! - levels[distance]!);
    }
  }
}

type TellLevel = (source: number, distance: number, count: number) => void;
