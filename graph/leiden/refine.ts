import type { RandomStream } from "../../platform/random.js";
import { groupSums, NeighborSums, type Network } from "./network.js";

/**
 * How freely a node chooses among the groups that it may join, in units of weight: Traag et al.
 * 2019 use 0.01 of modularity's sum, not divided by the total weight.
 */
const randomness = 0.01;

/**
 * Splits each community into groups, all connected: every node begins alone, and joins, if it is
 * still alone and well connected to its community, one of the community's well-connected groups, at
 * random among those that do not lower modularity (Traag et al. 2019, supplement, algorithm A.2
 * "RefinePartition" and "MergeNodesSubset").
 * @param order in which nodes are visited
 * @returns each node's group, named by one of its nodes
 */
export function refine(
  network: Network,
  community: Uint32Array,
  order: Uint32Array,
  resolution: number,
  random: RandomStream,
): Uint32Array {
  const groups = new Groups(network, community, resolution);
  for (const v of order) groups.assign(v, random.uniform(v));
  return groups.group;
}

class Groups {
  readonly group: Uint32Array;
  readonly #size: Uint32Array;
  readonly #sums: NeighborSums;
  /** By community. */
  readonly #communityOut: Float64Array;
  readonly #communityIn: Float64Array;
  /** By group. */
  readonly #out: Float64Array;
  readonly #in: Float64Array;
  /** By group: weight to the rest of its community. */
  readonly #cut: Float64Array;
  readonly #chances: Float64Array;

  constructor(
    private readonly network: Network,
    private readonly community: Uint32Array,
    private readonly resolution: number,
  ) {
    const { nodes } = network;
    this.group = Uint32Array.from({ length: nodes }, (_, v) => v);
    this.#size = new Uint32Array(nodes).fill(1);
    this.#sums = new NeighborSums(nodes);
    this.#communityOut = groupSums(network.out, community, nodes);
    this.#communityIn = groupSums(network.in, community, nodes);
    this.#out = network.out.slice();
    this.#in = network.in.slice();
    this.#cut = cuts(network, community);
    this.#chances = new Float64Array(nodes);
  }

  /** @param draw in [0, 1) */
  assign(v: number, draw: number): void {
    if (this.group[v] !== v || this.#size[v] !== 1 || !this.#wellConnected(v)) return;
    this.#sums.add(this.network, v, this.group);
    const joined = this.#choose(v, draw);
    if (joined !== v) this.#join(v, joined);
    this.#sums.clear();
  }

  /** A group is well connected if cutting it from its community does not raise modularity. */
  #wellConnected(g: number): boolean {
    const c = this.community[g]!;
    const restOut = this.#communityOut[c]! - this.#out[g]!;
    const restIn = this.#communityIn[c]! - this.#in[g]!;
    const expected = (this.#out[g]! * restIn + this.#in[g]! * restOut) / this.network.total;
    return this.#cut[g]! >= this.resolution * expected;
  }

  /**
   * A random group, with a chance that grows with the gain; `v` itself, where it stays alone, has a
   * gain of 0.
   */
  #choose(v: number, draw: number): number {
    const { labels, count } = this.#sums;
    let most = 0;
    for (let k = 0; k < count; k++) most = Math.max(most, this.#gain(v, labels[k]!));
    let sum = Math.exp(-most / randomness);
    for (let k = 0; k < count; k++) {
      const gain = this.#gain(v, labels[k]!);
      sum += this.#chances[k] = gain < 0 ? 0 : Math.exp((gain - most) / randomness);
    }
    let remaining = draw * sum;
    for (let k = 0; k < count; k++) {
      remaining -= this.#chances[k]!;
      if (remaining < 0) return labels[k]!;
    }
    return v;
  }

  /** Times the total weight; below 0 for a group that may not be joined. */
  #gain(v: number, g: number): number {
    if (this.community[g] !== this.community[v] || !this.#wellConnected(g)) return -1;
    const expected = (this.#out[v]! * this.#in[g]! + this.#in[v]! * this.#out[g]!) / this.network.total;
    return this.#sums.to(g) - this.resolution * expected;
  }

  #join(v: number, g: number): void {
    this.group[v] = g;
    this.#size[v] = 0;
    this.#size[g]!++;
    this.#out[g]! += this.#out[v]!;
    this.#in[g]! += this.#in[v]!;
    this.#cut[g]! += this.#cut[v]! - 2 * this.#sums.to(g);
  }
}

/** Of each node alone: its weight to the rest of its community. */
function cuts({ nodes, offsets, targets, weights }: Network, community: Uint32Array): Float64Array {
  const cut = new Float64Array(nodes);
  for (let v = 0; v < nodes; v++) {
    for (let e = offsets[v]!; e < offsets[v + 1]!; e++) {
      if (community[targets[e]!] === community[v]) cut[v]! += weights[e]!;
    }
  }
  return cut;
}
