import { bitCount } from "../search/bit-counter.js";
import { BitSearch, searchWidth } from "../search/bit-search.js";
import { DijkstraSearch } from "../search/dijkstra.js";
import type { Graph } from "../graph.js";
import type { AddBatch } from "./add-batch.js";

/**
 * Sums of the distances *from* the sources at every node, in five rows, [5 · nodes]: the number of
 * other sources that reach it, the sum of their distances and of the squares, the sum of the
 * inverse distances and of the squares (of distances that are not 0).
 * @param weighted whether edges' weights are their lengths; otherwise every edge is 1 long
 */
export function openPivots({ graph, weighted }: { graph: Graph; weighted: boolean }): AddBatch {
  return weighted ? byDijkstra(graph) : byLevels(graph);
}

function byLevels(graph: Graph): AddBatch {
  const search = new BitSearch(graph.out, graph.in);
  return (sources, sums) => {
    for (let first = 0; first < sources.length; first += searchWidth) {
      search.start(sources.subarray(first, first + searchWidth));
      for (let distance = 1; search.step(); distance++) {
        for (let i = 0; i < search.count; i++) {
          const node = search.fresh[i]!;
          add(sums, graph.nodes, node, distance, bitCount(search.bits[node]!));
        }
      }
    }
  };
}

function byDijkstra(graph: Graph): AddBatch {
  const search = new DijkstraSearch(graph.out);
  return (sources, sums) => {
    for (const source of sources) {
      const reached = search.run(source);
      for (let i = 1; i < reached; i++) {
        const node = search.order[i]!;
        add(sums, graph.nodes, node, search.distance[node]!, 1);
      }
    }
  };
}

/** Adds `count` sources at a distance from a node. */
function add(sums: Float64Array, nodes: number, node: number, distance: number, count: number): void {
  sums[node]! += count;
  sums[nodes + node]! += count * distance;
  sums[2 * nodes + node]! += count * distance * distance;
  if (distance === 0) return;
  sums[3 * nodes + node]! += count / distance;
  sums[4 * nodes + node]! += count / (distance * distance);
}
