import { RandomStream } from "../../platform/random.js";
import type { Graph } from "../graph.js";
import { everyNode } from "../sample.js";
import { modularity } from "./modularity.js";
import { moveNodes } from "./move.js";
import { withUnitWeights } from "../scale.js";
import { aggregate, buildNetwork, nodeStrengths, type Network } from "./network.js";
import { refine } from "./refine.js";

export interface LeidenOptions {
  seed: number;
  /** γ: above 1 for more and smaller communities, below 1 for fewer and larger ones. Default 1. */
  resolution?: number;
  /**
   * Maximum number of times that the whole algorithm restarts from its result; it ends when
   * modularity no longer rises. Default 10.
   */
  iterations?: number;
}

export interface Communities {
  /**
   * [nodes]: 0 for the largest community, and so on; of equal ones the one with the lowest node
   * first.
   */
  community: Uint32Array;
  count: number;
  /** NaN in a graph without edges. */
  modularity: number;
}

/**
 * Communities by the Leiden algorithm (Traag, Waltman & van Eck 2019, "From Louvain to Leiden:
 * guaranteeing well-connected communities") for modularity, with directions (Leicht & Newman 2008)
 * and weights if the graph has them. Each community is connected, if edges are followed either way.
 * The same graph and seed give the same communities.
 */
export function leiden(given: Graph, { seed, resolution = 1, iterations = 10 }: LeidenOptions): Communities {
  const graph = withinRange(given);
  const network = buildNetwork(graph);
  let community = everyNode(graph.nodes);
  let reached = -Infinity;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const next = iterate(network, community, resolution, (name) => new RandomStream(seed, `${name} ${iteration}`));
    const quality = modularity(graph, next, resolution);
    if (!(quality > reached)) break;
    reached = quality;
    community = next;
  }
  const { labels, count } = bySize(community);
  return { community: labels, count, modularity: modularity(graph, labels, resolution) };
}

/** The graph, with other weights if products of their sums would leave the range of numbers. */
function withinRange(graph: Graph): Graph {
  const square = nodeStrengths(graph).total ** 2;
  return square === Infinity || (square < smallestSquare && graph.edges > 0) ? withUnitWeights(graph) : graph;
}

/** Below it, shares of the square of the total weight may lose digits. */
const smallestSquare = 2 ** -900;

/**
 * Turns a partition into one of the same or higher modularity: moves nodes, then groups of nodes,
 * and so on.
 */
function iterate(
  base: Network,
  start: Uint32Array,
  resolution: number,
  random: (name: string) => RandomStream,
): Uint32Array {
  let network = base;
  let community: Uint32Array = start.slice();
  const currentNodes = everyNode(base.nodes);
  for (let level = 0; ; level++) {
    moveNodes(network, community, random(`move ${level}`).permutation(network.nodes), resolution);
    const draws = random(`join ${level}`);
    const order = random(`refine ${level}`).permutation(network.nodes);
    const { labels: group, count } = compact(refine(network, community, order, resolution, draws));
    // No two nodes are in one group any more.
    if (count === network.nodes) return currentNodes;
    const communityOfGroup = new Uint32Array(count);
    group.forEach((g, v) => (communityOfGroup[g] = community[v]!));
    for (let v = 0; v < currentNodes.length; v++) currentNodes[v] = group[currentNodes[v]!]!;
    network = aggregate(network, group, count);
    community = compact(communityOfGroup).labels;
  }
}

/** Labels 0 … count - 1, in the order of their first node. */
function compact(labels: Uint32Array): { labels: Uint32Array; count: number } {
  const names = new Map<number, number>();
  const renamed = labels.map((label) => {
    if (!names.has(label)) names.set(label, names.size);
    return names.get(label)!;
  });
  return { labels: renamed, count: names.size };
}

function bySize(labels: Uint32Array): { labels: Uint32Array; count: number } {
  const { labels: found, count } = compact(labels);
  const size = new Uint32Array(count);
  for (const label of found) size[label]!++;
  const rank = new Uint32Array(count);
  everyNode(count)
    .sort((a, b) => size[b]! - size[a]! || a - b)
    .forEach((label, index) => (rank[label] = index));
  return { labels: found.map((label) => rank[label]!), count };
}
