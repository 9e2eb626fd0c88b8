import type { Adjacency, Graph } from "../graph.js";

/**
 * The nodes with incoming edges, renumbered in their order, and the effect of the rest of the graph
 * on them.
 */
export interface ReachedPart {
  count: number;
  /** [count] the nodes' numbers in the graph. */
  nodes: Uint32Array;
  /** Edges among them by target; [count + 1] rows, the last one empty. */
  in: Adjacency;
  /**
   * [count] where jumps land, and the part of its value that a node sends along an edge of weight
   * 1; 0: no outgoing edges.
   */
  jump: Float64Array;
  share: Float64Array;
  /** [count] what arrives from the rest when each of those has its `jump` as its value. */
  fed: Float64Array;
  /** Sum of `jump` over the rest, and over those of the rest without outgoing edges. */
  rest: number;
  lost: number;
}

/**
 * Splits a graph into the nodes with incoming edges and the rest.
 * @param jump [nodes] where jumps land
 * @param share [nodes] as `ReachedPart.share`
 */
export function reachedPart(graph: Graph, weighted: boolean, jump: Float64Array, share: Float64Array): ReachedPart {
  const { offsets } = graph.in;
  const places = new Int32Array(graph.nodes).fill(-1);
  let count = 0;
  let rest = 0;
  let lost = 0;
  for (let v = 0; v < graph.nodes; v++) {
    if (offsets[v + 1]! > offsets[v]!) places[v] = count++;
    else {
      rest += jump[v]!;
      if (share[v] === 0) lost += jump[v]!;
    }
  }
  const nodes = new Uint32Array(count);
  for (let v = 0; v < graph.nodes; v++) if (places[v]! >= 0) nodes[places[v]!] = v;
  const sent = new Float64Array(graph.nodes);
  for (let v = 0; v < graph.nodes; v++) sent[v] = jump[v]! * share[v]!;
  const edges = edgesAmong(graph.in, weighted, nodes, places, sent);
  return { count, nodes, ...edges, jump: pick(jump, nodes), share: pick(share, nodes), rest, lost };
}

/**
 * @param places [nodes] the new numbers; -1 for the rest
 * @param sent [nodes] what a node of the rest sends along an edge of weight 1
 */
function edgesAmong(
  { offsets, targets, weights }: Adjacency,
  weighted: boolean,
  nodes: Uint32Array,
  places: Int32Array,
  sent: Float64Array,
): Pick<ReachedPart, "in" | "fed"> {
  const [rows, sources] = [new Uint32Array(nodes.length + 2), new Uint32Array(targets.length)];
  const kept = weighted && weights ? new Float64Array(targets.length) : undefined;
  const fed = new Float64Array(nodes.length);
  let edges = 0;
  for (let j = 0; j < nodes.length; j++) {
    let sum = 0;
    const v = nodes[j]!;
    for (let i = offsets[v]!, last = offsets[v + 1]!; i < last; i++) {
      const source = targets[i]!;
      const index = places[source]!;
      const weight = kept ? weights![i]! : 1;
      if (index < 0) sum += sent[source]! * weight;
      else {
        if (kept) kept[edges] = weight;
        sources[edges++] = index;
      }
    }
    fed[j] = sum;
    rows[j + 1] = edges;
  }
  rows[nodes.length + 1] = edges;
  return { in: { offsets: rows, targets: sources, ...(kept && { weights: kept }) }, fed };
}

function pick(values: Float64Array, nodes: Uint32Array): Float64Array {
  const picked = new Float64Array(nodes.length);
  for (let j = 0; j < nodes.length; j++) picked[j] = values[nodes[j]!]!;
  return picked;
}
