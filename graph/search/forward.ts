import { countEntries, sharedFloat64, sharedUint32, type Adjacency, type Graph } from "../graph.js";

/**
 * The weight of an entry of `forward`, from its edge's place in `graph.out` and in `graph.in` (-1
 * if there is none; in an undirected graph both are the same).
 */
export type SideWeight = (out: number, back: number) => number;

/**
 * A graph's edges without direction and self-loops, each once, from the end with fewer entries
 * (then the smaller node) to the other: every node has few here, even a hub. Without `weight` the
 * entries have no weights.
 */
export function forward(graph: Graph, weight?: SideWeight): Adjacency {
  return weight ? weightedForward(graph, weight) : plainForward(graph);
}

function plainForward(graph: Graph): Adjacency {
  const rank = ranks(graph);
  const { nodes, out } = graph;
  const back = graph.in;
  const offsets = sharedUint32(nodes + 1);
  // One entry past the end is written.
  const targets = sharedUint32(out.targets.length + 1);
  let length = 0;
  let i = 0;
  let j = 0;
  for (let v = 0; v < nodes; v++) {
    const own = rank[v]!;
    const outLast = out.offsets[v + 1]!;
    const backLast = back.offsets[v + 1]!;
    // Without branches, which would be predicted badly. A self-loop's rank is not higher.
    while (graph.directed && i < outLast && j < backLast) {
      const a = out.targets[i]!;
      const b = back.targets[j]!;
      const target = a < b ? a : b;
      i += a <= b ? 1 : 0;
      j += b <= a ? 1 : 0;
      targets[length] = target;
      length += rank[target]! > own ? 1 : 0;
    }
    for (; i < outLast; i++) {
      targets[length] = out.targets[i]!;
      length += rank[targets[length]!]! > own ? 1 : 0;
    }
    for (; graph.directed && j < backLast; j++) {
      targets[length] = back.targets[j]!;
      length += rank[targets[length]!]! > own ? 1 : 0;
    }
    offsets[v + 1] = length;
  }
  return { offsets, targets: targets.subarray(0, length) };
}

function weightedForward(graph: Graph, weight: SideWeight): Adjacency {
  const rank = ranks(graph);
  const { nodes, out } = graph;
  const back = graph.in;
  const offsets = sharedUint32(nodes + 1);
  const targets = sharedUint32(out.targets.length);
  const weights = sharedFloat64(out.targets.length);
  let length = 0;
  for (let v = 0; v < nodes; v++) {
    const outLast = out.offsets[v + 1]!;
    const backLast = back.offsets[v + 1]!;
    for (let i = out.offsets[v]!, j = back.offsets[v]!; i < outLast || j < backLast;) {
      const a = i < outLast ? out.targets[i]! : Infinity;
      const b = j < backLast ? back.targets[j]! : Infinity;
      const target = a < b ? a : b;
      if (rank[target]! > rank[v]!) {
        targets[length] = target;
        weights[length++] = weight(a === target ? i : -1, b === target ? j : -1);
      }
      if (a === target) i++;
      if (b === target) j++;
    }
    offsets[v + 1] = length;
  }
  return { offsets, targets: targets.subarray(0, length), weights: weights.subarray(0, length) };
}

/** Each node's place by its number of entries, then by number: a counting sort. */
function ranks(graph: Graph): Uint32Array {
  const { nodes } = graph;
  const entries = new Uint32Array(nodes);
  let most = 0;
  for (let v = 0; v < nodes; v++) {
    entries[v] = countEntries(graph.out, v) + (graph.directed ? countEntries(graph.in, v) : 0);
    if (entries[v]! > most) most = entries[v]!;
  }
  const next = new Uint32Array(most + 2);
  for (let v = 0; v < nodes; v++) next[entries[v]! + 1]!++;
  for (let d = 0; d <= most; d++) next[d + 1]! += next[d]!;
  return entries.map((degree) => next[degree]!++);
}
