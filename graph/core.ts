import { rowSums } from "./degree.js";
import type { Adjacency, Graph } from "./graph.js";

/**
 * Core numbers: the largest k such that the node belongs to a part of the graph where every node has k edges. In a directed graph edges
 * in and out count, one in both directions twice; self-loops do not count, where networkx `core_number` refuses them. Nodes fall level
 * by level (Kabir and Madduri 2017, PKC); a level looks at the nodes still standing, whose sum over the levels is at most that of the
 * degrees.
 * @returns [nodes]
 */
export function coreNumbers(graph: Graph): Uint32Array {
  const { nodes } = graph;
  const sides = graph.directed ? [graph.out, graph.in] : [graph.out];
  const left = degreesWithoutLoops(sides, nodes);
  const fallen = new Uint32Array(nodes);
  let standing = Uint32Array.from({ length: nodes }, (_, v) => v);
  for (let level = 0; standing.length > 0;) {
    let falling = 0;
    let remaining = 0;
    let least = Infinity;
    for (let s = 0; s < standing.length; s++) {
      const v = standing[s]!;
      const degree = left[v]!;
      if (degree < level) continue;
      if (degree === level) fallen[falling++] = v;
      else {
        standing[remaining++] = v;
        if (degree < least) least = degree;
      }
    }
    standing = standing.subarray(0, remaining);
    if (falling === 0) level = least === Infinity ? level + 1 : least;
    else {
      for (let f = 0; f < falling; f++)
        for (const side of sides) falling = lower(side, fallen[f]!, level, left, fallen, falling);
      level++;
    }
  }
  return left;
}

/** Takes a fallen node's edges from its neighbours above the level; those that reach it fall too. */
function lower(
  { offsets, targets }: Adjacency,
  node: number,
  level: number,
  left: Uint32Array,
  fallen: Uint32Array,
  falling: number,
): number {
  for (let i = offsets[node]!, last = offsets[node + 1]!; i < last; i++) {
    const u = targets[i]!;
    const degree = left[u]!;
    if (degree <= level) continue;
    left[u] = degree - 1;
    if (degree - 1 === level) fallen[falling++] = u;
  }
  return falling;
}

function degreesWithoutLoops(sides: readonly Adjacency[], nodes: number): Uint32Array {
  const degrees = new Uint32Array(nodes);
  for (const side of sides) {
    const { offsets, targets } = side;
    const entries = rowSums(side, false);
    for (let v = 0; v < nodes; v++) {
      degrees[v]! += entries[v]!;
      for (let i = offsets[v]!, last = offsets[v + 1]!; i < last; i++) if (targets[i] === v) degrees[v]!--;
    }
  }
  return degrees;
}
