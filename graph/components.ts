import type { Graph } from "./graph.js";

/** By node. */
export interface Components {
  /** Components are numbered from 0 by their smallest nodes. */
  id: Uint32Array;
  /** The nodes of the node's component. */
  size: Uint32Array;
  count: number;
}

/** Components where edges have no direction: a disjoint-set forest whose roots are the smallest nodes. */
export function weakComponents({ nodes, out: { offsets, targets } }: Graph): Components {
  const parent = Uint32Array.from({ length: nodes }, (_, v) => v);
  for (let v = 0; v < nodes; v++) {
    let root = rootOf(parent, v);
    for (let i = offsets[v]!, last = offsets[v + 1]!; i < last; i++) {
      const other = rootOf(parent, targets[i]!);
      if (other < root) parent[root] = other;
      else if (other > root) parent[other] = root;
      if (other < root) root = other;
    }
  }
  for (let v = 0; v < nodes; v++) parent[v] = parent[parent[v]!]!;
  return numbered(parent);
}

/** Halves the path on its way (Tarjan and van Leeuwen 1984). */
function rootOf(parent: Uint32Array, node: number): number {
  let at = node;
  for (let above; (above = parent[at]!) !== at;) at = parent[at] = parent[above]!;
  return at;
}

/**
 * Components whose nodes reach each other along edges: Tarjan 1972, without recursion, in Pearce's form (2016), where one array holds
 * both a node's lowest visit and, when its component is found, the component.
 */
export function strongComponents(graph: Graph): Components {
  if (!graph.directed) return weakComponents(graph);
  const {
    nodes,
    out: { offsets, targets },
  } = graph;
  const low = new Uint32Array(nodes);
  const next = offsets.slice(0, nodes);
  const path = new Uint32Array(nodes);
  const open = new Uint32Array(nodes);
  let opened = 0;
  let visits = 0;
  // Visits count up from 1 and components down from the top: an edge to a finished component never lowers a visit.
  let component = 0xffffffff;
  const visit = new Uint32Array(nodes);
  for (let start = 0; start < nodes; start++) {
    if (low[start] !== 0) continue;
    let depth = 0;
    path[0] = start;
    low[start] = visit[start] = ++visits;
    while (depth >= 0) {
      const v = path[depth]!;
      let least = low[v]!;
      let child = -1;
      const last = offsets[v + 1]!;
      let i = next[v]!;
      for (; i < last; i++) {
        const seen = low[targets[i]!]!;
        if (seen === 0) {
          child = targets[i]!;
          break;
        }
        if (seen < least) least = seen;
      }
      // The child's entry is read again when the child is done, for its low.
      next[v] = i;
      low[v] = least;
      if (child >= 0) {
        low[child] = visit[child] = ++visits;
        path[++depth] = child;
        continue;
      }
      depth--;
      if (least < visit[v]!) {
        open[opened++] = v;
        continue;
      }
      while (opened > 0 && visit[open[opened - 1]!]! >= least) low[open[--opened]!] = component;
      low[v] = component--;
    }
  }
  return numbered(low);
}

/** @param label the same for all nodes of a component */
function numbered(label: Uint32Array): Components {
  const nodes = label.length;
  const numbers = new Map<number, number>();
  const id = new Uint32Array(nodes);
  const sizes: number[] = [];
  for (let v = 0; v < nodes; v++) {
    let number = numbers.get(label[v]!);
    if (number === undefined) numbers.set(label[v]!, (number = sizes.push(0) - 1));
    id[v] = number;
    sizes[number]!++;
  }
  return { id, size: id.map((number) => sizes[number]!), count: sizes.length };
}
