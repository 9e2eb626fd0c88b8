import type { Adjacency, Graph } from "../graph.js";

/**
 * A level with more than this share of the nodes is followed from the nodes that are not reached
 * yet.
 */
const wide = 1 / 20;

/**
 * Marks the nodes that are reached from a node along edges (or against them): breadth first; wide
 * levels are found from the other side, by searching each node not yet reached for an edge from a
 * reached one (Beamer et al. 2012).
 * @param marks [nodes] 0 for nodes that may be reached; gets 1
 */
export function reach(graph: Graph, from: number, direction: "out" | "in", marks: Uint8Array): void {
  const ahead = graph[direction];
  const behind = graph[direction === "out" ? "in" : "out"];
  const queue = new Uint32Array(graph.nodes);
  queue[0] = from;
  marks[from] = 1;
  for (let first = 0, last = 1; first < last;) {
    const end = last;
    last =
      end - first > wide * graph.nodes
        ? fromBehind(behind, marks, queue, end)
        : fromAhead(ahead, marks, queue, first, end);
    first = end;
  }
}

/**
 * Appends to the queue the nodes that the level queue[first … end) leads to.
 * @returns the queue's new end
 */
function fromAhead(
  { offsets, targets }: Adjacency,
  marks: Uint8Array,
  queue: Uint32Array,
  first: number,
  end: number,
): number {
  let last = end;
  for (let q = first; q < end; q++) {
    const v = queue[q]!;
    for (let i = offsets[v]!, stop = offsets[v + 1]!; i < stop; i++) {
      const w = targets[i]!;
      if (marks[w] !== 0) continue;
      marks[w] = 1;
      queue[last++] = w;
    }
  }
  return last;
}

/** Appends every node with an edge from a marked one. @returns the queue's new end */
function fromBehind({ offsets, targets }: Adjacency, marks: Uint8Array, queue: Uint32Array, end: number): number {
  let last = end;
  for (let v = 0; v < marks.length; v++) {
    if (marks[v] !== 0) continue;
    for (let i = offsets[v]!, stop = offsets[v + 1]!; i < stop; i++) {
      if (marks[targets[i]!] !== 1) continue;
      marks[v] = 1;
      queue[last++] = v;
      break;
    }
  }
  return last;
}
