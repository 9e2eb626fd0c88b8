import { PawlError } from "../../platform/errors.js";
import { weakComponents } from "./components.js";
import { sharedFloat64, sharedUint32, type Graph } from "../graph.js";
import type { PairArrays } from "../parallel/pair-batch.js";
import type { RunControl } from "../parallel/run-batches.js";
import type { Threads } from "../parallel/threads.js";
import { everyNode } from "../sample.js";
import { neighbors } from "../undirected.js";

/** Pair i is left[i], right[i]. */
export interface Pairs {
  left: Uint32Array;
  right: Uint32Array;
}

/** The results of pair i are at place i. */
export interface PairFeatures extends PairArrays {
  /** 1 if both nodes are in one weak component, else 0. */
  sameComponent: Uint8Array;
}

/**
 * Features of pairs of nodes, as networkx's `common_neighbors`, `jaccard_coefficient`,
 * `adamic_adar_index`, `resource_allocation_index` and `preferential_attachment`: edges have no
 * direction here (a directed graph's are those of `G.to_undirected()`). `distance` is the number of
 * steps from left to right along the edges' direction, -1 if there is no path. A node paired with
 * itself is its neighbors' only common neighbor: neighbors of degree 1 are left out of its
 * Adamic–Adar index.
 * @throws PawlError DATA_INVALID for a pair that is not of two nodes; what `Threads.run` throws
 */
export async function pairFeatures(
  graph: Graph,
  { left, right }: Pairs,
  threads: Threads,
  control: Omit<RunControl, "resume"> = {},
): Promise<PairFeatures> {
  requireNodes(graph, left);
  requireNodes(graph, right);
  const found = pairArrays(left.length);
  const run = { ...control, sources: everyNode(left.length), length: 0, batch: 1024 };
  const task = { graph, sides: neighbors(graph), loops: markLoops(graph), left, right, found };
  await threads.run("pairs", task, run);
  const { id } = weakComponents(graph);
  const sameComponent = Uint8Array.from(left, (u, i) => Number(id[u] === id[right[i]!]));
  return { ...found, sameComponent };
}

function pairArrays(pairs: number): PairArrays {
  return {
    commonNeighbors: sharedUint32(pairs),
    jaccard: sharedFloat64(pairs),
    adamicAdar: sharedFloat64(pairs),
    resourceAllocation: sharedFloat64(pairs),
    preferentialAttachment: sharedFloat64(pairs),
    distance: new Int32Array(sharedUint32(pairs).buffer),
  };
}

function markLoops({ nodes, out: { offsets, targets } }: Graph): Uint8Array {
  const loops = new Uint8Array(nodes);
  for (let v = 0; v < nodes; v++) {
    for (let e = offsets[v]!; e < offsets[v + 1]!; e++) if (targets[e] === v) loops[v] = 1;
  }
  return loops;
}

function requireNodes({ nodes }: Graph, ends: Uint32Array): void {
  const at = ends.findIndex((end) => end >= nodes);
  if (at < 0) return;
  throw new PawlError("DATA_INVALID", "an end of a pair is not a node", {
    where: `pair ${at}`,
    expected: `nodes 0 to ${nodes - 1}`,
    got: String(ends[at]),
  });
}
