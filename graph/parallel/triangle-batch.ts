import type { Adjacency } from "../graph.js";
import type { AddBatch } from "./add-batch.js";

/**
 * Triangles, each found once: `forward` holds every edge in one direction, so that no triangle is a
 * cycle ("forward" algorithm, Schank and Wagner 2005). Each corner's sum grows by the product of
 * the sides' weights, which are 1 without weights.
 */
export function openTriangles({ forward }: { forward: Adjacency }): AddBatch {
  return forward.weights ? weighted(forward, forward.weights) : counted(forward);
}

function counted({ offsets, targets }: Adjacency): AddBatch {
  const nodes = offsets.length - 1;
  const marked = new Uint8Array(nodes);
  const counts = new Uint32Array(nodes);
  return (sources, sums) => {
    counts.fill(0);
    count(offsets, targets, sources, marked, counts);
    for (let v = 0; v < nodes; v++) sums[v]! += counts[v]!;
  };
}

/** @param marked [nodes] all 0, before and after */
function count(
  offsets: Uint32Array,
  targets: Uint32Array,
  sources: Uint32Array,
  marked: Uint8Array,
  counts: Uint32Array,
): void {
  for (let s = 0; s < sources.length; s++) {
    const u = sources[s]!;
    const first = offsets[u]!;
    const last = offsets[u + 1]!;
    if (last - first < 2) continue;
    for (let i = first; i < last; i++) marked[targets[i]!] = 1;
    let ofU = 0;
    for (let i = first; i < last; i++) {
      const v = targets[i]!;
      let ofV = 0;
      for (let j = offsets[v]!, end = offsets[v + 1]!; j < end; j++) {
        const w = targets[j]!;
        const closed = marked[w]!;
        counts[w]! += closed;
        ofV += closed;
      }
      counts[v]! += ofV;
      ofU += ofV;
    }
    counts[u]! += ofU;
    for (let i = first; i < last; i++) marked[targets[i]!] = 0;
  }
}

function weighted({ offsets, targets }: Adjacency, weights: Float64Array): AddBatch {
  const side = new Float64Array(offsets.length - 1);
  return (sources, sums) => {
    for (const u of sources) {
      const first = offsets[u]!;
      const last = offsets[u + 1]!;
      for (let i = first; i < last; i++) side[targets[i]!] = weights[i]!;
      for (let i = first; i < last; i++) {
        const v = targets[i]!;
        for (let j = offsets[v]!, end = offsets[v + 1]!; j < end; j++) {
          const w = targets[j]!;
          if (side[w] === 0) continue;
          const product = weights[i]! * weights[j]! * side[w]!;
          sums[u]! += product;
          sums[v]! += product;
          sums[w]! += product;
        }
      }
      for (let i = first; i < last; i++) side[targets[i]!] = 0;
    }
  };
}
