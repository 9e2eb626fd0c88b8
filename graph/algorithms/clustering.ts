import { forward, type SideWeight } from "../search/forward.js";
import { countEntries, type Adjacency, type Graph } from "../graph.js";
import type { Threads } from "../parallel/threads.js";
import { sharedNeighbors } from "./reciprocity.js";
import { everyNode } from "../sample.js";
import { openTriangles } from "../parallel/triangle-batch.js";

/** Nodes per batch. */
const batch = 8192;

/**
 * The number of triangles with each node as a corner; edges have no direction here, self-loops are
 * left out (networkx `triangles`, for a directed graph of `G.to_undirected()`).
 * @returns [nodes]
 */
export async function triangles(graph: Graph, threads?: Threads): Promise<Float64Array> {
  return cornerSums(forward(graph), threads);
}

/**
 * The clustering coefficient: the share of a node's possible triangles that exist; 0 if none is
 * possible. Directed graphs: Fagiolo 2007, where each of a triangle's sides may run either way and
 * both. Weighted: each triangle counts as the geometric mean of its sides' weights over the graph's
 * largest weight (Onnela et al. 2005). As networkx `clustering`.
 * @returns [nodes]
 */
export async function clustering(graph: Graph, { weighted = false } = {}, threads?: Threads): Promise<Float64Array> {
  const weight = weighted && graph.out.weights ? rootWeights(graph) : directions(graph);
  const sums = await cornerSums(forward(graph, weight), threads);
  return sums.map((sum, v) => (sum === 0 ? 0 : sum / possible(graph, v)));
}

/**
 * Undirected: d(d - 1) / 2. Directed: d(d - 1) - 2 b, with d of both directions and b neighbors in
 * both. Self-loops do not count.
 */
function possible(graph: Graph, node: number): number {
  const { shared, loop } = sharedNeighbors(graph, node);
  const out = countEntries(graph.out, node) - loop;
  if (!graph.directed) return (out * (out - 1)) / 2;
  const total = out + countEntries(graph.in, node) - loop;
  return total * (total - 1) - 2 * (shared - loop);
}

/** The number of directions of a side. */
function directions(graph: Graph): SideWeight | undefined {
  return graph.directed ? (out, back) => (out < 0 || back < 0 ? 1 : 2) : undefined;
}

function rootWeights(graph: Graph): SideWeight {
  const largest = graph.out.weights!.reduce((a, b) => Math.max(a, b), 0);
  const root = (weights: Float64Array, at: number): number =>
    at < 0 || largest === 0 ? 0 : Math.cbrt(weights[at]! / largest);
  const ofOut = graph.out.weights!;
  const ofIn = graph.in.weights!;
  return graph.directed ? (out, back) => root(ofOut, out) + root(ofIn, back) : (out) => root(ofOut, out);
}

async function cornerSums(sides: Adjacency, threads?: Threads): Promise<Float64Array> {
  const length = sides.offsets.length - 1;
  const sources = everyNode(length);
  if (threads) return threads.run("triangles", { forward: sides }, { sources, length, batch });
  const sums = new Float64Array(length);
  openTriangles({ forward: sides })(sources, sums);
  return sums;
}
