import { sharedFloat64, sharedUint32, type Adjacency, type Graph } from "./graph.js";

/**
 * A graph's neighbors in either direction, each once and ascending, without self-loops.
 * @param weight the weight of an entry of the result, from its edge's place in `graph.out` and in
 *   `graph.in` (-1 if there is none; undirected: the same); default: entries have no weight
 */
export function neighbors(graph: Graph, weight?: (out: number, back: number) => number): Adjacency {
  const { nodes, out, directed } = graph;
  const back = graph.in;
  const targets = sharedUint32(out.targets.length + (directed ? back.targets.length : 0));
  const weights = weight && sharedFloat64(targets.length);
  const offsets = sharedUint32(nodes + 1);
  let length = 0;
  for (let v = 0; v < nodes; v++) {
    const outLast = out.offsets[v + 1]!;
    const backLast = back.offsets[v + 1]!;
    let i = out.offsets[v]!;
    let j = back.offsets[v]!;
    while (i < outLast || j < backLast) {
      const a = i < outLast ? out.targets[i]! : Infinity;
      const b = j < backLast ? back.targets[j]! : Infinity;
      const target = a < b ? a : b;
      if (target !== v) {
        targets[length] = target;
        if (weights) weights[length] = weight(a === target ? i : -1, b === target ? j : -1);
        length++;
      }
      if (a === target) i++;
      if (b === target) j++;
    }
    offsets[v + 1] = length;
  }
  const result: Adjacency = { offsets, targets: targets.subarray(0, length) };
  if (weights) result.weights = weights.subarray(0, length);
  return result;
}
