/**
 * One direction of a graph as compressed sparse rows: the neighbors of node v are
 * `targets[offsets[v] .. offsets[v + 1])`, ascending, without duplicates. The arrays are in shared
 * memory, so that threads read them without a copy.
 */
export interface Adjacency {
  /** [nodes + 1] */
  offsets: Uint32Array;
  targets: Uint32Array;
  /** Parallel to `targets`; absent in a graph without weights, whose edges weigh 1. */
  weights?: Float64Array;
}

/** A graph whose nodes are 0 … nodes - 1. */
export interface Graph {
  nodes: number;
  /** Number of edges. An undirected edge counts once. */
  edges: number;
  directed: boolean;
  /**
   * From an edge's source. An undirected graph holds each edge in both directions here, a self-loop
   * once.
   */
  out: Adjacency;
  /**
   * From an edge's target, for a directed graph; the same object as `out` for an undirected one.
   */
  in: Adjacency;
}

/** Edges as columns; row i goes from `sources[i]` to `targets[i]`. */
export interface EdgeList {
  nodes: number;
  sources: Uint32Array;
  targets: Uint32Array;
  /** Finite and not negative. */
  weights?: Float64Array;
}

/** A node's number of entries (not its degree: an undirected self-loop is one entry). */
export function countEntries({ offsets }: Adjacency, node: number): number {
  return offsets[node + 1]! - offsets[node]!;
}

export const sharedUint32 = (length: number): Uint32Array => new Uint32Array(new SharedArrayBuffer(4 * length));
export const sharedFloat32 = (length: number): Float32Array => new Float32Array(new SharedArrayBuffer(4 * length));
export const sharedFloat64 = (length: number): Float64Array => new Float64Array(new SharedArrayBuffer(8 * length));
