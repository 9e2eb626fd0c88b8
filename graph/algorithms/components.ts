import type { Adjacency, Graph } from "../graph.js";
import { everyNode } from "../sample.js";
import { reach } from "../search/search.js";
import { labelStrong } from "../search/tarjan.js";

/** By node. */
export interface Components {
  /** Components are numbered from 0 by their smallest nodes. */
  id: Uint32Array;
  /** The nodes of the node's component. */
  size: Uint32Array;
  count: number;
}

/**
 * Components of a graph whose edges have no direction: a disjoint-set forest whose roots are the
 * smallest nodes. First every node is joined with two neighbors; then the other edges are read only
 * for nodes outside of the largest component (Afforest, Sutton et al. 2018).
 */
export function weakComponents(graph: Graph): Components {
  const { nodes } = graph;
  const parent = everyNode(nodes);
  for (let v = 0; v < nodes; v++) join(graph.out, v, 0, 2, parent);
  flatten(parent);
  const most = mostFrequent(parent);
  for (let v = 0; v < nodes; v++) {
    if (parent[v] === most) continue;
    join(graph.out, v, 2, Infinity, parent);
    if (graph.directed) join(graph.in, v, 0, Infinity, parent);
  }
  flatten(parent);
  return numbered(parent);
}

/** Joins a node with its neighbors from the entry `first` of its row to before `last`. */
function join({ offsets, targets }: Adjacency, node: number, first: number, last: number, parent: Uint32Array): void {
  const end = Math.min(offsets[node]! + last, offsets[node + 1]!);
  let root = findRoot(parent, node);
  for (let i = offsets[node]! + first; i < end; i++) {
    const other = findRoot(parent, targets[i]!);
    if (other < root) root = parent[root] = other;
    else parent[other] = root;
  }
}

/** Halves the path along the way (Tarjan and van Leeuwen 1984). */
function findRoot(parent: Uint32Array, node: number): number {
  let at = node;
  for (let above; (above = parent[at]!) !== at;) at = parent[at] = parent[above]!;
  return at;
}

/** Every node's parent is its root: a parent is smaller, so it is flat already. */
function flatten(parent: Uint32Array): void {
  for (let v = 0; v < parent.length; v++) parent[v] = parent[parent[v]!]!;
}

function mostFrequent(labels: Uint32Array): number {
  const counts = new Uint32Array(labels.length);
  let most = 0;
  for (let v = 0; v < labels.length; v++) if (++counts[labels[v]!]! > counts[most]!) most = labels[v]!;
  return most;
}

/**
 * Components whose nodes reach each other along edges. A node without edges in or out is a
 * component; the component of the node with most edges is the set that it reaches and that reaches
 * it (Fleischer et al. 2000); Tarjan's search finds the others.
 */
export function strongComponents(graph: Graph): Components {
  if (!graph.directed) return weakComponents(graph);
  const { nodes, out } = graph;
  const label = everyNode(nodes);
  const done = new Uint8Array(nodes);
  // Marked 2: no path leads back through it.
  const reached = new Uint8Array(nodes);
  let pivot = 0;
  let most = 0;
  for (let v = 0; v < nodes; v++) {
    const product = (out.offsets[v + 1]! - out.offsets[v]!) * (graph.in.offsets[v + 1]! - graph.in.offsets[v]!);
    if (product === 0) {
      done[v] = 1;
      reached[v] = 2;
    }
    if (product <= most) continue;
    most = product;
    pivot = v;
  }
  if (most === 0) return numbered(label);
  const reaching = reached.slice();
  reach(graph, pivot, "out", reached);
  reach(graph, pivot, "in", reaching);
  for (let v = 0; v < nodes; v++) {
    if (reached[v] !== 1 || reaching[v] !== 1) continue;
    label[v] = pivot;
    done[v] = 1;
  }
  labelStrong(graph, done, label);
  return numbered(label);
}

/** @param label [nodes] a node of the component, the same for all its nodes */
function numbered(label: Uint32Array): Components {
  const nodes = label.length;
  const rootNumbers = new Uint32Array(nodes);
  const sizes = new Uint32Array(nodes);
  const id = new Uint32Array(nodes);
  let count = 0;
  for (let v = 0; v < nodes; v++) {
    const number = (rootNumbers[label[v]!] ||= ++count);
    id[v] = number - 1;
    sizes[number - 1]!++;
  }
  const size = new Uint32Array(nodes);
  for (let v = 0; v < nodes; v++) size[v] = sizes[id[v]!]!;
  return { id, size, count };
}
