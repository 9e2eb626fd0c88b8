import type { Graph } from "../graph.js";
import { everyNode } from "../sample.js";

/**
 * Core numbers: the largest k such that the node belongs to a part of the graph where every node
 * has k edges. In a directed graph edges in and out count, one in both directions twice; self-loops
 * do not count; networkx `core_number` refuses them. Nodes are removed level by level (Kabir and
 * Madduri 2017, PKC); a level visits the remaining nodes, whose sum over the levels is at most that
 * of the degrees.
 * @returns [nodes]
 */
export function coreNumbers(graph: Graph): Uint32Array {
  const { nodes } = graph;
  const degreesLeft = degreesWithoutLoops(graph);
  // One more than the nodes: `takeEdges` writes past the end.
  const fallen = new Uint32Array(nodes + 1);
  const standing = everyNode(nodes);
  let remaining = nodes;
  for (let level = 0; remaining > 0;) {
    let falling = 0;
    let least = Infinity;
    const before = remaining;
    remaining = 0;
    for (let s = 0; s < before; s++) {
      const v = standing[s]!;
      const degree = degreesLeft[v]!;
      if (degree < level) continue;
      if (degree === level) fallen[falling++] = v;
      else {
        standing[remaining++] = v;
        if (degree < least) least = degree;
      }
    }
    takeEdges(graph, fallen, falling, level, degreesLeft);
    level = falling === 0 ? least : level + 1;
  }
  return degreesLeft;
}

/**
 * Removes the edges of the removed nodes, the first `falling`, from their neighbors above the
 * level; neighbors that reach the level are removed, too. Without branches, which would be
 * predicted badly.
 */
function takeEdges(graph: Graph, fallen: Uint32Array, falling: number, level: number, degreesLeft: Uint32Array): void {
  const { offsets, targets } = graph.out;
  const { offsets: inOffsets, targets: inTargets } = graph.in;
  const above = level + 1;
  for (let f = 0; f < falling; f++) {
    const v = fallen[f]!;
    for (let i = offsets[v]!, last = offsets[v + 1]!; i < last; i++) {
      const u = targets[i]!;
      const degree = degreesLeft[u]!;
      degreesLeft[u] = degree > level ? degree - 1 : degree;
      fallen[falling] = u;
      if (degree === above) falling++;
    }
    if (!graph.directed) continue;
    for (let i = inOffsets[v]!, last = inOffsets[v + 1]!; i < last; i++) {
      const u = inTargets[i]!;
      const degree = degreesLeft[u]!;
      degreesLeft[u] = degree > level ? degree - 1 : degree;
      fallen[falling] = u;
      if (degree === above) falling++;
    }
  }
}

function degreesWithoutLoops(graph: Graph): Uint32Array {
  const degrees = new Uint32Array(graph.nodes);
  for (const { offsets, targets } of graph.directed ? [graph.out, graph.in] : [graph.out])
    for (let v = 0; v < graph.nodes; v++) {
      const last = offsets[v + 1]!;
      let i = offsets[v]!;
      degrees[v]! += last - i;
      // Rows ascend.
      while (i < last && targets[i]! < v) i++;
      if (i < last && targets[i] === v) degrees[v]!--;
    }
  return degrees;
}
