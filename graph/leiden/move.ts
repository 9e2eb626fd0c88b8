import { groupSums, NeighborSums, type Network } from "./network.js";

/** Minimum gain of a move in modularity: smaller gains are rounding, and moves might never end. */
const minGain = 1e-12;

/**
 * Moves nodes to the community where they gain most modularity (Traag et al. 2019, supplement,
 * algorithm A.2 "MoveNodesFast"): after a move, only neighbors outside the new community are
 * visited again. Others may still gain, because the community that was left has become lighter;
 * when no move changes anything, none does.
 * @param community of each node, less than `nodes`; changed in place
 * @param order in which nodes are first visited
 */
export function moveNodes(network: Network, community: Uint32Array, order: Uint32Array, resolution: number): void {
  const communities = new Communities(network, community, resolution);
  const queue = new Queue(order);
  const { offsets, targets } = network;
  while (queue.size > 0) {
    const v = queue.take();
    if (!communities.improve(v)) continue;
    for (let e = offsets[v]!; e < offsets[v + 1]!; e++) {
      if (community[targets[e]!] !== community[v]) queue.put(targets[e]!);
    }
  }
}

class Communities {
  readonly #sums: NeighborSums;
  readonly #out: Float64Array;
  readonly #in: Float64Array;
  readonly #size: Uint32Array;
  readonly #empty: number[] = [];

  constructor(
    private readonly network: Network,
    private readonly community: Uint32Array,
    private readonly resolution: number,
  ) {
    const { nodes } = network;
    this.#sums = new NeighborSums(nodes);
    this.#out = groupSums(network.out, community, nodes);
    this.#in = groupSums(network.in, community, nodes);
    this.#size = new Uint32Array(nodes);
    for (const c of community) this.#size[c]!++;
    this.#size.forEach((size, c) => size === 0 && this.#empty.push(c));
  }

  /** @returns whether the node has moved */
  improve(v: number): boolean {
    const from = this.community[v]!;
    this.#sums.add(this.network, v, this.community);
    this.#change(v, from, -1);
    const to = this.#best(v, from);
    if (to !== from && this.#size[to] === 0) this.#empty.pop();
    if (to !== from && this.#size[from] === 0) this.#empty.push(from);
    this.#change(v, to, 1);
    this.#sums.clear();
    this.community[v] = to;
    return to !== from;
  }

  /** The community that a node, in none now, joins with the greatest gain. */
  #best(v: number, from: number): number {
    const least = minGain * this.network.total;
    let best = from;
    let most = this.#gain(v, from);
    for (let k = 0; k < this.#sums.count; k++) {
      const c = this.#sums.labels[k]!;
      const gain = this.#gain(v, c);
      if (gain <= most + least) continue;
      most = gain;
      best = c;
    }
    // Alone it gains 0. If others remain in its community, some label is free.
    return most < -least && this.#size[from]! > 0 ? this.#empty.at(-1)! : best;
  }

  /** Times the total weight. */
  #gain(v: number, c: number): number {
    const { out, in: into, total } = this.network;
    const expected = (out[v]! * this.#in[c]! + into[v]! * this.#out[c]!) / total;
    return this.#sums.to(c) - this.resolution * expected;
  }

  #change(v: number, c: number, sign: 1 | -1): void {
    this.#out[c]! += sign * this.network.out[v]!;
    this.#in[c]! += sign * this.network.in[v]!;
    this.#size[c]! += sign;
  }
}

/** Nodes that wait, each at most once. */
class Queue {
  size: number;
  #first = 0;
  readonly #nodes: Uint32Array;
  readonly #waiting: Uint8Array;

  /** @param order all nodes */
  constructor(order: Uint32Array) {
    this.#nodes = order.slice();
    this.#waiting = new Uint8Array(order.length).fill(1);
    this.size = order.length;
  }

  take(): number {
    const node = this.#nodes[this.#first]!;
    this.#first = (this.#first + 1) % this.#nodes.length;
    this.#waiting[node] = 0;
    this.size--;
    return node;
  }

  put(node: number): void {
    if (this.#waiting[node] === 1) return;
    this.#waiting[node] = 1;
    this.#nodes[(this.#first + this.size++) % this.#nodes.length] = node;
  }
}
