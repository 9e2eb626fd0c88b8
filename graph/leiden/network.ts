import type { Graph } from "../graph.js";
import { neighbors } from "../undirected.js";

/**
 * The part of a graph that modularity depends on: the weight between two nodes, both directions
 * together (an undirected edge counts in both), and each node's strengths. Weights inside a node
 * are only in its strengths, because no move changes them.
 */
export interface Network {
  nodes: number;
  /** [nodes + 1] */
  offsets: Uint32Array;
  targets: Uint32Array;
  weights: Float64Array;
  /** [nodes]: weight of the edges from each node, of those to each node. */
  out: Float64Array;
  in: Float64Array;
  /** Of all edges, undirected ones counting twice. */
  total: number;
}

export function buildNetwork(graph: Graph): Network {
  const links = neighbors(graph, weightFunction(graph));
  const { offsets, targets, weights } = links;
  return { nodes: graph.nodes, offsets, targets, weights: weights!, ...nodeStrengths(graph) };
}

/** Weight of the edges from and to each node, including self-loops, and of all edges. */
export function nodeStrengths(graph: Graph): Pick<Network, "out" | "in" | "total"> {
  const out = strengths(graph, graph.out);
  const total = out.reduce((sum, strength) => sum + strength, 0);
  return { out, in: graph.directed ? strengths(graph, graph.in) : out, total };
}

function weightFunction(graph: Graph): (out: number, back: number) => number {
  const ofOut = graph.out.weights;
  const ofIn = graph.in.weights;
  if (!graph.directed) return (out) => 2 * (ofOut?.[out] ?? 1);
  return (out, back) => (out < 0 ? 0 : (ofOut?.[out] ?? 1)) + (back < 0 ? 0 : (ofIn?.[back] ?? 1));
}

/** An undirected self-loop has two ends at its node. */
function strengths({ nodes, directed }: Graph, { offsets, targets, weights }: Graph["out"]): Float64Array {
  const result = new Float64Array(nodes);
  for (let v = 0; v < nodes; v++) {
    for (let e = offsets[v]!; e < offsets[v + 1]!; e++) {
      result[v]! += (weights?.[e] ?? 1) * (!directed && targets[e] === v ? 2 : 1);
    }
  }
  return result;
}

/** The network whose nodes are groups of this one's. @param group of each node, 0 … groups - 1 */
export function aggregate(network: Network, group: Uint32Array, groups: number): Network {
  const members = sortByGroup(group, groups);
  const sums = new NeighborSums(groups);
  const offsets = new Uint32Array(groups + 1);
  const targets = new Uint32Array(network.targets.length);
  const weights = new Float64Array(network.targets.length);
  let length = 0;
  for (let g = 0; g < groups; g++) {
    for (let i = members.offsets[g]!; i < members.offsets[g + 1]!; i++) sums.add(network, members.nodes[i]!, group);
    for (let k = 0; k < sums.count; k++) {
      const other = sums.labels[k]!;
      if (other === g) continue;
      targets[length] = other;
      weights[length++] = sums.weightTo[other]!;
    }
    offsets[g + 1] = length;
    sums.clear();
  }
  return {
    nodes: groups,
    offsets,
    targets: targets.slice(0, length),
    weights: weights.slice(0, length),
    out: groupSums(network.out, group, groups),
    in: groupSums(network.in, group, groups),
    total: network.total,
  };
}

/** Nodes by group, ascending within each: a counting sort. */
function sortByGroup(group: Uint32Array, groups: number): { offsets: Uint32Array; nodes: Uint32Array } {
  const offsets = new Uint32Array(groups + 1);
  for (const g of group) offsets[g + 1]!++;
  for (let g = 0; g < groups; g++) offsets[g + 1]! += offsets[g]!;
  const next = offsets.slice(0, groups);
  const nodes = new Uint32Array(group.length);
  group.forEach((g, v) => (nodes[next[g]!++] = v));
  return { offsets, nodes };
}

export function groupSums(values: Float64Array, group: Uint32Array, groups: number): Float64Array {
  const sums = new Float64Array(groups);
  group.forEach((g, v) => (sums[g]! += values[v]!));
  return sums;
}

/** Weights from a node, or several, to each label of their neighbors. */
export class NeighborSums {
  /** By label; negative for labels that were not met. */
  readonly weightTo: Float64Array;
  /** The labels met, `count` of them, in that order. */
  readonly labels: Uint32Array;
  count = 0;

  constructor(labels: number) {
    this.weightTo = new Float64Array(labels).fill(-1);
    this.labels = new Uint32Array(labels);
  }

  add({ offsets, targets, weights }: Network, node: number, label: Uint32Array): void {
    const weightTo = this.weightTo;
    for (let e = offsets[node]!, last = offsets[node + 1]!; e < last; e++) {
      const at = label[targets[e]!]!;
      if (weightTo[at]! < 0) {
        weightTo[at] = 0;
        this.labels[this.count++] = at;
      }
      weightTo[at]! += weights[e]!;
    }
  }

  /** 0 for a label that was not met. */
  to(label: number): number {
    return Math.max(0, this.weightTo[label]!);
  }

  clear(): void {
    for (let k = 0; k < this.count; k++) this.weightTo[this.labels[k]!] = -1;
    this.count = 0;
  }
}
