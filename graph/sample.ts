import { RandomStream } from "../platform/random.js";

/**
 * `count` different nodes, ascending, each as likely as any other: the same for the same seed.
 * @returns all nodes if `count` is not below their number
 */
export function sampleNodes(nodes: number, count: number, seed: number): Uint32Array {
  return new RandomStream(seed, "nodes").permutation(nodes).slice(0, count).sort();
}

/** All nodes, ascending. */
export function everyNode(nodes: number): Uint32Array {
  const all = new Uint32Array(nodes);
  for (let v = 0; v < nodes; v++) all[v] = v;
  return all;
}
