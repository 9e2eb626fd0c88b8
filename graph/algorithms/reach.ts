import type { Graph } from "../graph.js";
import type { RunControl } from "../parallel/run-batches.js";
import type { Threads } from "../parallel/threads.js";
import { everyNode } from "../sample.js";

export interface ReachOptions extends RunControl {
  /** "out": the nodes that a node reaches; "in": those that reach it. */
  direction: "in" | "out";
  /** Numbers of steps, ascending. */
  hops: number[];
}

/**
 * The number of other nodes within some numbers of steps of each node (networkx:
 * `single_source_shortest_path_length` with a cutoff, its length less one).
 * @returns for each of `hops`: [nodes]
 */
export async function reach(graph: Graph, threads: Threads, options: ReachOptions): Promise<Float64Array[]> {
  const { direction, hops, ...control } = options;
  const { nodes } = graph;
  const run = { ...control, sources: everyNode(nodes), length: hops.length * nodes, batch: 256 };
  const sums = await threads.run("reach", { graph, direction, hops }, run);
  return hops.map((_, h) => sums.slice(h * nodes, (h + 1) * nodes));
}
