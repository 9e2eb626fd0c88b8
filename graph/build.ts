import { PawlError } from "../platform/errors.js";
import { sharedFloat64, sharedUint32, type Adjacency, type EdgeList, type Graph } from "./graph.js";

/** Options for reading a list of edges. */
export interface BuildOptions {
  directed: boolean;
  selfLoops: "keep" | "drop";
  /**
   * The weight of an edge that occurs more than once: the sum, or the weight of its first
   * occurrence in the list. In an undirected graph a–b and b–a are the same edge. Edges without
   * weights stay without: the edge exists once.
   */
  duplicates: "sum" | "first";
}

export interface BuiltGraph {
  graph: Graph;
  /** Self-loops in the list, each occurrence; with "drop" they were left out. */
  selfLoops: number;
  /** Occurrences that were merged into an earlier one (without dropped self-loops). */
  duplicates: number;
}

/** Entries by row, unsorted within it. */
interface Rows {
  offsets: Uint32Array;
  columns: Uint32Array;
  weights?: Float64Array;
}

/**
 * Builds a graph's compressed rows by two stable counting sorts: by target in the order of the
 * list, then by source, after which every row is ascending and occurrences of one edge are in the
 * order of the list. In addition to the list it takes 8 bytes per edge (24 with weights), twice
 * that if undirected, and three arrays with one element per node.
 * @throws PawlError DATA_INVALID for an end that is not a node, a weight that is negative or not
 *   finite, or such a sum of weights
 */
export function buildGraph(list: EdgeList, options: BuildOptions): BuiltGraph {
  const selfLoops = checked(list);
  const byTarget = bucket(list, options);
  const { rows: out, merged } = mergeDuplicates(transposed(list.nodes, byTarget), list.nodes, options.duplicates);
  const entries = out.offsets[list.nodes]!;
  const loops = options.directed ? 0 : countLoops(out, list.nodes);
  const graph: Graph = {
    nodes: list.nodes,
    edges: options.directed ? entries : (entries + loops) / 2,
    directed: options.directed,
    out,
    in: options.directed ? transposed(list.nodes, toRows(out), byTarget) : out,
  };
  // For an undirected edge both directions were merged; a self-loop has only one.
  const read = list.sources.length - (options.selfLoops === "drop" ? selfLoops : 0);
  return { graph, selfLoops, duplicates: options.directed ? merged : read - graph.edges };
}

/** Checks the list and counts its self-loops. */
function checked({ nodes, sources, targets, weights }: EdgeList): number {
  let selfLoops = 0;
  for (let i = 0; i < sources.length; i++) {
    if (sources[i]! >= nodes) throw noNode(i, sources[i]!, nodes);
    if (targets[i]! >= nodes) throw noNode(i, targets[i]!, nodes);
    if (sources[i] === targets[i]) selfLoops++;
  }
  for (let i = 0; weights && i < weights.length; i++)
    if (!(weights[i]! >= 0 && weights[i]! < Infinity)) throw badWeight(i, weights[i]!);
  return selfLoops;
}

/** Rows by target (undirected: by both ends), each in the order of the list. */
function bucket({ nodes, sources, targets, weights }: EdgeList, { directed, selfLoops }: BuildOptions): Rows {
  const offsets = sharedUint32(nodes + 1);
  const drop = selfLoops === "drop";
  for (let i = 0; i < sources.length; i++) {
    const loop = sources[i] === targets[i];
    if (loop && drop) continue;
    offsets[targets[i]! + 1]!++;
    if (!directed && !loop) offsets[sources[i]! + 1]!++;
  }
  for (let v = 0; v < nodes; v++) offsets[v + 1]! += offsets[v]!;
  const columns = sharedUint32(offsets[nodes]!);
  const placed = weights && sharedFloat64(columns.length);
  const next = offsets.slice(0, nodes);
  for (let i = 0; i < sources.length; i++) {
    const source = sources[i]!;
    const target = targets[i]!;
    if (source === target && drop) continue;
    const at = next[target]!++;
    columns[at] = source;
    if (placed) placed[at] = weights[i]!;
    if (directed || source === target) continue;
    const back = next[source]!++;
    columns[back] = target;
    if (placed) placed[back] = weights[i]!;
  }
  return placed ? { offsets, columns, weights: placed } : { offsets, columns };
}

const toRows = ({ offsets, targets, weights }: Adjacency): Rows =>
  weights ? { offsets, columns: targets, weights } : { offsets, columns: targets };

/**
 * The transpose: each row ascending, since rows are read in their order.
 * @param reuse whose memory the result takes
 */
function transposed(nodes: number, { offsets, columns, weights }: Rows, reuse?: Rows): Adjacency {
  const entries = offsets[nodes]!;
  const result: Adjacency = {
    offsets: reuse?.offsets.fill(0) ?? sharedUint32(nodes + 1),
    targets: reuse?.columns.subarray(0, entries) ?? sharedUint32(entries),
  };
  if (weights) result.weights = reuse?.weights?.subarray(0, entries) ?? sharedFloat64(entries);
  for (let i = 0; i < entries; i++) result.offsets[columns[i]! + 1]!++;
  for (let v = 0; v < nodes; v++) result.offsets[v + 1]! += result.offsets[v]!;
  const next = result.offsets.slice(0, nodes);
  for (let v = 0; v < nodes; v++)
    for (let i = offsets[v]!; i < offsets[v + 1]!; i++) {
      const at = next[columns[i]!]!++;
      result.targets[at] = v;
      if (weights) result.weights![at] = weights[i]!;
    }
  return result;
}

/** Merges equal neighbors in place. */
function mergeDuplicates(rows: Adjacency, nodes: number, policy: "sum" | "first"): { rows: Adjacency; merged: number } {
  const { offsets, targets, weights } = rows;
  let kept = 0;
  let first = 0;
  for (let v = 0; v < nodes; v++) {
    const last = offsets[v + 1]!;
    const start = kept;
    for (let i = first; i < last; i++) {
      if (kept > start && targets[kept - 1] === targets[i]) {
        if (weights && policy === "sum") weights[kept - 1]! += weights[i]!;
        if (weights?.[kept - 1] === Infinity) throw tooHeavy(v, targets[i]!);
        continue;
      }
      targets[kept] = targets[i]!;
      if (weights) weights[kept] = weights[i]!;
      kept++;
    }
    first = last;
    offsets[v + 1] = kept;
  }
  const merged = targets.length - kept;
  const trimmed: Adjacency = { offsets, targets: targets.subarray(0, kept) };
  if (weights) trimmed.weights = weights.subarray(0, kept);
  return { rows: trimmed, merged };
}

function countLoops({ offsets, targets }: Adjacency, nodes: number): number {
  let loops = 0;
  for (let v = 0; v < nodes; v++) for (let i = offsets[v]!; i < offsets[v + 1]!; i++) if (targets[i] === v) loops++;
  return loops;
}

function noNode(edge: number, got: number, nodes: number): PawlError {
  return new PawlError("DATA_INVALID", "an end of an edge is not a node", {
    where: `edge ${edge}`,
    expected: `a node below ${nodes}`,
    got: String(got),
    next: "correct the edge",
  });
}

function tooHeavy(v: number, target: number): PawlError {
  return new PawlError("DATA_INVALID", "the weights of an edge that occurs several times add up to no finite number", {
    where: `edges between the nodes ${v} and ${target}`,
    expected: "a finite sum",
    got: "a sum beyond 1.79e308",
    next: "divide all weights by the same number",
  });
}

function badWeight(edge: number, got: number): PawlError {
  return new PawlError("DATA_INVALID", "an edge's weight must be a finite number of 0 or more", {
    where: `edge ${edge}`,
    expected: "a finite weight of 0 or more",
    got: String(got),
    next: "correct or drop the edge",
  });
}
