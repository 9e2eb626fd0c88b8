import type { Graph } from "../graph.js";
import type { RunControl } from "../parallel/run-batches.js";
import type { Threads } from "../parallel/threads.js";

/** One feature: a column, and its line in the data dictionary. */
export interface Feature {
  name: string;
  type: "integer" | "number";
  meaning: string;
  formula: string;
  range: string;
  /** When a node has no value; "never". */
  missing: string;
}

/** What features depend on in addition to the graph. */
export interface FeatureOptions {
  /** For PageRank: the share of steps that follow an edge. */
  damping: number;
  /** For personalized PageRank: nodes where the other steps land. */
  personalize: Uint32Array;
  /**
   * For Katz centrality: the factor for each further step; absent: 0.9 divided by the smallest of
   * the largest row sums.
   */
  katzAlpha?: number | undefined;
  /** Iterations end when the values change by less than this share. */
  tolerance: number;
  /** Maximum number of steps of an iteration; one that needs more fails. */
  iterations: number;
  /** Whether the edges' weights are their lengths in paths; else every edge is 1 long. */
  weightedPaths: boolean;
  /**
   * Number of nodes that shortest paths are searched from; 0, or at least the number of nodes: all.
   */
  sources: number;
  /** For reach: numbers of steps, ascending. */
  hops: number[];
  /** For communities: above 1 for more and smaller ones. */
  resolution: number;
  /** For FastRP. */
  dimensions: number;
  /** For neighbors: the attributes that are aggregated, and how. */
  attributes: Attribute[];
  seed: number;
}

/** A node's attribute, and what is computed from the neighbors' values. */
export type Attribute = { name: string } & (
  | { aggregates: ("mean" | "max")[]; /** [nodes]; NaN: missing. */ values: Float64Array }
  | { categories: string[]; /** [nodes] places in `categories`; -1: missing. */ values: Int32Array }
);

export interface FeatureInput {
  graph: Graph;
  options: FeatureOptions;
  threads: Threads;
  /**
   * For the group's run over sources: where it resumes, what reports its progress, what ends it.
   */
  control: RunControl;
}

/** Features that are computed together. */
export interface FeatureGroup {
  /** The columns, in their order. */
  features(input: Pick<FeatureInput, "graph" | "options">): Feature[];
  /** Their values, [nodes] each; NaN: missing. */
  compute(input: FeatureInput): Promise<Columns> | Columns;
  /**
   * Nodes that it searches from, one after the other: it can then resume from a checkpoint in
   * between.
   */
  sources?(input: Pick<FeatureInput, "graph" | "options">): number;
}

export type Columns = ArrayLike<number>[];
