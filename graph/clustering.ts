import { entriesOf, sharedFloat64, sharedUint32, type Adjacency, type Graph } from "./graph.js";
import type { Threads } from "./parallel/threads.js";
import { openTriangles } from "./triangle-batch.js";
import { neighbours } from "./undirected.js";

/** Nodes a batch; the lowest nodes, with the fewest neighbours, come first. */
const batch = 4096;

/**
 * The triangles each node is a corner of; edges have no direction here, self-loops are left out (networkx `triangles`, for a directed
 * graph of `G.to_undirected()`).
 * @returns [nodes]
 */
export async function triangles(graph: Graph, threads?: Threads): Promise<Float64Array> {
  return cornerSums(neighbours(graph), threads);
}

/**
 * The clustering coefficient: the share of a node's possible triangles that are there; 0 where none is possible. Directed graphs:
 * Fagiolo 2007, where each of a triangle's sides may run either way and both. Weighted: each triangle counts as the geometric mean of
 * its sides' weights over the graph's largest weight (Onnela et al. 2005). As networkx `clustering`.
 * @returns [nodes]
 */
export async function clustering(graph: Graph, { weighted = false } = {}, threads?: Threads): Promise<Float64Array> {
  const sides = neighbours(graph, weighted && graph.out.weights ? rootWeights(graph) : directions(graph));
  const sums = await cornerSums(sides, threads);
  return sums.map((sum, v) => (sum === 0 ? 0 : sum / possible(graph, sides, v)));
}

/** Undirected: d(d - 1) / 2. Directed: d(d - 1) - 2 b, with d of both directions and b neighbours in both. */
function possible(graph: Graph, sides: Adjacency, node: number): number {
  const either = entriesOf(sides, node);
  if (!graph.directed) return (either * (either - 1)) / 2;
  const loops = hasLoop(graph.out, node) ? 2 : 0;
  const total = entriesOf(graph.out, node) + entriesOf(graph.in, node) - loops;
  return total * (total - 1) - 2 * (total - either);
}

function hasLoop({ offsets, targets }: Adjacency, node: number): boolean {
  for (let i = offsets[node]!; i < offsets[node + 1]!; i++) if (targets[i] === node) return true;
  return false;
}

type Weight = ((out: number, back: number) => number) | undefined;

/** How many ways a side runs. */
function directions(graph: Graph): Weight {
  return graph.directed ? (out, back) => (out < 0 || back < 0 ? 1 : 2) : undefined;
}

function rootWeights(graph: Graph): Weight {
  const largest = graph.out.weights!.reduce((a, b) => Math.max(a, b), 0);
  const root = (weights: Float64Array, at: number): number =>
    at < 0 || largest === 0 ? 0 : Math.cbrt(weights[at]! / largest);
  const ofOut = graph.out.weights!;
  const ofIn = graph.in.weights!;
  return graph.directed ? (out, back) => root(ofOut, out) + root(ofIn, back) : (out) => root(ofOut, out);
}

async function cornerSums(sides: Adjacency, threads?: Threads): Promise<Float64Array> {
  const { forward, order } = forwardOf(sides);
  const sources = Uint32Array.from(order, (_, rank) => rank);
  const length = order.length;
  let sums: Float64Array;
  if (threads) sums = await threads.run("triangles", { forward }, { sources, length, batch });
  else openTriangles({ forward })(sources, (sums = new Float64Array(length)));
  const byNode = new Float64Array(length);
  for (let rank = 0; rank < length; rank++) byNode[order[rank]!] = sums[rank]!;
  return byNode;
}

/**
 * Nodes renumbered by their number of neighbours (then by number), and of each edge only the entry to the higher one: no node has
 * more than √(2 edges) entries then.
 * @returns `order`: [nodes] the node of each rank
 */
function forwardOf(sides: Adjacency): { forward: Adjacency; order: Uint32Array } {
  const order = byEntries(sides);
  const nodes = order.length;
  const rank = new Uint32Array(nodes);
  for (let r = 0; r < nodes; r++) rank[order[r]!] = r;
  const entries = sides.targets.length / 2;
  const forward: Adjacency = { offsets: sharedUint32(nodes + 1), targets: sharedUint32(entries) };
  if (sides.weights) forward.weights = sharedFloat64(entries);
  let length = 0;
  for (let r = 0; r < nodes; r++) {
    const v = order[r]!;
    for (let i = sides.offsets[v]!, last = sides.offsets[v + 1]!; i < last; i++) {
      const higher = rank[sides.targets[i]!]!;
      if (higher < r) continue;
      forward.targets[length] = higher;
      if (forward.weights) forward.weights[length] = sides.weights![i]!;
      length++;
    }
    forward.offsets[r + 1] = length;
  }
  return { forward, order };
}

/** The nodes by their number of entries, then by number: a counting sort. */
function byEntries(sides: Adjacency): Uint32Array {
  const nodes = sides.offsets.length - 1;
  let most = 0;
  for (let v = 0; v < nodes; v++) most = Math.max(most, entriesOf(sides, v));
  const next = new Uint32Array(most + 2);
  for (let v = 0; v < nodes; v++) next[entriesOf(sides, v) + 1]!++;
  for (let d = 0; d <= most; d++) next[d + 1]! += next[d]!;
  const order = new Uint32Array(nodes);
  for (let v = 0; v < nodes; v++) order[next[entriesOf(sides, v)]!++] = v;
  return order;
}
