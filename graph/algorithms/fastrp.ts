import { sharedFloat64, sharedFloat32, type Adjacency, type Graph } from "../graph.js";
import type { RunOptions } from "../parallel/run-batches.js";
import type { Threads } from "../parallel/threads.js";
import { everyNode } from "../sample.js";
import { withUnitWeights } from "../scale.js";
import { neighbors } from "../undirected.js";

export interface FastRpOptions {
  dimensions: number;
  seed: number;
  /**
   * The neighbors that a node's vector is made of: those it points to, those that point to it, or
   * both (self-loops left out; a neighbor that does both counts twice). Default "both".
   */
  direction?: "out" | "in" | "both";
  /** The weights of the neighbors, their neighbors, and so on. Default 0, 1, 1. */
  weights?: number[];
  /**
   * β: a node's random vector is multiplied by its share of all edges to this power; below 0 hubs
   * count less. Default 0.
   */
  degreePower?: number;
  /** Weighted means of neighbors, if edges have weights. Default false. */
  weighted?: boolean;
  /** Called as rows are done, of all rounds together. */
  onProgress?: (done: number, total: number) => void | Promise<void>;
  signal?: AbortSignal;
}

/**
 * Structural embeddings by FastRP (Chen et al. 2019, "Fast and accurate network embeddings via very
 * sparse random projection"): random vectors are averaged over neighbors repeatedly, and the
 * averages are added up, by weights. One departure: each round's vectors are brought to length 1
 * before they are added, since averages shrink from round to round (Neo4j's does so, too). Nodes
 * without neighbors have vectors of 0.
 * @returns [nodes, dimensions], each coordinate between plus and minus the sum of the weights'
 *   absolute values
 */
export async function fastRp(graph: Graph, threads: Threads, options: FastRpOptions): Promise<Float32Array> {
  const { dimensions, seed, direction = "both", weights = [0, 1, 1], degreePower = 0, weighted = false } = options;
  const adjacency = directedAdjacency(weighted ? withUnitWeights(graph) : graph, direction, weighted);
  const embedding = sharedFloat32(graph.nodes * dimensions);
  let from = sharedFloat32(embedding.length);
  let to = sharedFloat32(embedding.length);
  const { nodes } = graph;
  const scale = scales(nodes, adjacency, degreePower);
  const rows = (round: number): RunOptions => ({
    sources: everyNode(nodes),
    length: 0,
    batch: 1024,
    onProgress: ({ done }) => options.onProgress?.(round * nodes + done, (weights.length + 1) * nodes),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  await threads.run("fastRpStart", { dimensions, from, to, embedding, scale, seed }, rows(0));
  for (const [round, weight] of weights.entries()) {
    [from, to] = [to, from];
    await threads.run("fastRpRound", { dimensions, from, to, embedding, adjacency, weight }, rows(round + 1));
  }
  return embedding;
}

function directedAdjacency(graph: Graph, direction: "out" | "in" | "both", weighted: boolean): Adjacency {
  if (direction !== "both") {
    const { offsets, targets, weights } = graph[direction];
    return weighted && weights ? { offsets, targets, weights } : { offsets, targets };
  }
  const [ofOut, ofIn] = weighted ? [graph.out.weights, graph.in.weights] : [];
  const there = (at: number, weights?: Float64Array): number => (at < 0 ? 0 : (weights?.[at] ?? 1));
  return neighbors(graph, (out, back) => there(out, ofOut) + (graph.directed ? there(back, ofIn) : 0));
}

/** (weight of the edges that carry a node's vector to others / weight of all edges) ^ power. */
function scales(nodes: number, { targets, weights }: Adjacency, power: number): Float64Array {
  const brought = sharedFloat64(nodes);
  targets.forEach((target, e) => (brought[target]! += weights ? weights[e]! : 1));
  const total = brought.reduce((sum, weight) => sum + weight, 0);
  // A vector that no other node reads has no scale, and needs none.
  return brought.map((weight) => (weight > 0 ? (weight / total) ** power : 0));
}
