import { Type, type Static } from "@sinclair/typebox";
import { Artifact, OneOf } from "../fields/basic.js";
import { defineStage, metric, type RuleProblem } from "../stage.js";
import { checkSource, tableSource, tablesRead, unpinnedIn } from "../fields/source.js";

/** Groups of features; their twin, with what is computed, is `graph/features/index.ts`. */
export const featureNames = [
  "degree",
  "strength",
  "reciprocity",
  "clustering",
  "core",
  "components",
  "pagerank",
  "personalized-pagerank",
  "hits",
  "katz",
  "eigenvector",
  "betweenness",
  "closeness",
  "reach",
  "reached-by",
  "community",
  "fastrp",
  "neighbors",
] as const;
export type FeatureName = (typeof featureNames)[number];

const settings = Type.Object(
  {
    nodes: tableSource("a row for each node, with its attributes"),
    edges: tableSource("a row for each edge, from its source to its target"),
    columns: Type.Object(
      {
        node: Type.String({ minLength: 1, default: "id", description: "of nodes: the node's id" }),
        source: Type.String({ minLength: 1, default: "follower", description: "of edges: where an edge begins" }),
        target: Type.String({ minLength: 1, default: "followed", description: "of edges: where it ends" }),
        weight: Type.Optional(Type.String({ minLength: 1, description: "of edges: an edge's weight; else 1" })),
      },
      { additionalProperties: false, default: {}, description: "which columns hold what" },
    ),
    directed: Type.Boolean({ default: true, description: "false: an edge leads both ways" }),
    unknownNodes: OneOf(["error", "drop", "add"], {
      default: "error",
      description: "edges of nodes that are not in the table: refused, left out, or the nodes are added",
    }),
    duplicates: OneOf(["sum", "first"], {
      default: "sum",
      description: "what an edge weighs that is there several times",
    }),
    selfLoops: OneOf(["keep", "drop"], { default: "drop", description: "edges from a node to itself" }),
    features: Type.Array(OneOf(featureNames), {
      minItems: 1,
      uniqueItems: true,
      default: [
        "degree",
        "reciprocity",
        "clustering",
        "core",
        "components",
        "pagerank",
        "hits",
        "katz",
        "betweenness",
        "closeness",
        "community",
        "fastrp",
      ],
      description: "groups of features to compute",
    }),
    sources: Type.Integer({
      minimum: 0,
      default: 1000,
      description:
        "nodes that shortest paths are searched from: of a larger graph a sample, with its error; 0: always all",
    }),
    paths: OneOf(["hops", "weights"], {
      default: "hops",
      description: "how long an edge is on a path: 1, or its weight",
    }),
    damping: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0.85,
      description: "PageRank: share of steps that follow an edge",
    }),
    personalize: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description: "personalized-pagerank: ids of nodes that a walker starts anew from",
    }),
    katzAlpha: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description: "Katz: what a further step counts; absent: so small that it always converges",
      }),
    ),
    hops: Type.Array(Type.Integer({ minimum: 1 }), {
      minItems: 1,
      uniqueItems: true,
      default: [2, 3],
      description: "reach, reached-by: numbers of steps",
    }),
    resolution: Type.Number({
      exclusiveMinimum: 0,
      default: 1,
      description: "communities: above 1 for more and smaller ones",
    }),
    dimensions: Type.Integer({ minimum: 1, maximum: 1024, default: 16, description: "fastrp: coordinates" }),
    neighbors: Type.Array(
      Type.Object(
        {
          attribute: Type.String({ minLength: 1, description: "a column of nodes" }),
          aggregate: Type.Array(OneOf(["mean", "max", "share"]), {
            uniqueItems: true,
            default: [],
            description: "mean, max: of numbers; share: of each category; none: whichever fit the column",
          }),
        },
        { additionalProperties: false, description: "what of the neighbors' attributes" },
      ),
      { default: [], description: "neighbors: which attributes, and what of them" },
    ),
    nodePairs: Type.Optional(tableSource("pairs of nodes, whose features are wanted too")),
    nodePairColumns: Type.Object(
      {
        source: Type.String({ minLength: 1, default: "source", description: "of nodePairs: one node" }),
        target: Type.String({ minLength: 1, default: "target", description: "of nodePairs: the other" }),
      },
      { additionalProperties: false, default: {}, description: "which columns of nodePairs hold what" },
    ),
    tolerance: Type.Number({
      exclusiveMinimum: 0,
      default: 1e-12,
      description: "iterations end when values change by less than this share",
    }),
    iterations: Type.Integer({ minimum: 1, default: 1000, description: "most steps of an iteration" }),
    notConverged: OneOf(["error", "missing"], {
      default: "error",
      description: "features whose iteration does not settle: the stage fails, or they have no values",
    }),
  },
  { additionalProperties: false },
);
type Settings = Static<typeof settings>;

export const graphFeaturize = defineStage({
  summary: "features of every node from a table of nodes and a table of edges",
  example: `
features:
  uses: graph-featurize
  with:
    nodes: { table: "\${{ stages.network.outputs.nodes }}" }
    edges: { table: "\${{ stages.links.outputs.edges }}" }
    nodePairs: { table: "\${{ stages.links.outputs.nodePairs }}" }
    features: [degree, clustering, pagerank, community, neighbors]
    neighbors: [{ attribute: age, aggregate: [mean] }]
`,
  version: 5,
  with: settings,
  rules: [
    { fields: ["nodes"], check: ({ nodes }) => checkSource(nodes, "nodes") },
    { fields: ["edges"], check: ({ edges }) => checkSource(edges, "edges") },
    { fields: ["nodePairs"], check: ({ nodePairs }) => nodePairs && checkSource(nodePairs, "nodePairs") },
    { fields: ["features", "neighbors"], check: attributesBelong },
    { fields: ["features", "personalize"], check: personalizeBelongs },
    { fields: ["features", "columns"], check: strengthNeedsWeights },
    { fields: ["paths", "columns"], check: lengthsNeedWeights },
  ],
  outputs: Type.Object({
    features: Artifact(
      "table",
      "features.parquet and features.csv: the nodes' columns and their features; dictionary.json and .md; page.html",
    ),
    nodePairs: Type.Optional(
      Artifact(
        "table",
        "node-pairs.parquet and node-pairs.csv: the pairs' columns, their features, and those of both nodes",
      ),
    ),
  }),
  metrics: {
    nodes: metric("nodes", "nodes of the graph"),
    edges: metric("edges", "edges of the graph, without those left out or merged"),
    features: metric("columns", "columns of features"),
    unknownNodes: metric("nodes", "nodes in edges only, that were dropped or added"),
    unknownEdges: metric("edges", "edges left out because an end is no node"),
    selfLoops: metric("edges", "edges from a node to itself that were read"),
    duplicates: metric("edges", "edges merged into an equal one before them"),
    nodePairs: metric("node pairs", "pairs of nodes"),
    unknownNodePairs: metric("node pairs", "pairs left out because an end is no node"),
    notConverged: metric("groups", "groups of features without values because their iteration did not settle"),
  },
  computesWithTensors: false,
  libraries: ["duckdb", "plot"],
  writesOutsideStore: false,
  isBrief: false,
  requestsChoices: false,
  reads: ({ nodes, edges, nodePairs }: Settings) => tablesRead({ nodes, edges, nodePairs }),
  unpinned: ({ nodes, edges, nodePairs }: Settings) => unpinnedIn({ nodes, edges, nodePairs }),
  runsCode: [],
  rowsOf: {},
  learnsFrom: {},
});

function personalizeBelongs({ features, personalize }: Settings): RuleProblem | undefined {
  const asked = has(features, "personalized-pagerank");
  if (asked === personalize.length > 0) return undefined;
  return {
    code: asked ? "MISSING_KEY" : "NOT_ALLOWED",
    at: ["personalize"],
    message: asked ? "must name the nodes that personalized-pagerank starts from" : "goes with personalized-pagerank",
    next: asked ? "add personalize: [id, …]" : "add personalized-pagerank to features, or remove personalize",
  };
}

function attributesBelong({ features, neighbors }: Settings): RuleProblem | undefined {
  const asked = has(features, "neighbors");
  if (asked === neighbors.length > 0) return undefined;
  return {
    code: asked ? "MISSING_KEY" : "NOT_ALLOWED",
    at: ["neighbors"],
    message: asked ? "must name the attributes to aggregate" : "goes with the feature neighbors",
    next: asked ? "add neighbors: [{ attribute: … }]" : "add neighbors to features, or remove neighbors",
  };
}

function strengthNeedsWeights({ features, columns }: Settings): RuleProblem | undefined {
  if (!has(features, "strength") || columns.weight !== undefined) return undefined;
  return {
    code: "MISSING_KEY",
    at: ["columns"],
    message: "must name the weight that strength sums up",
    next: "add columns: { weight: … }, or remove strength",
  };
}

function lengthsNeedWeights({ paths, columns }: Settings): RuleProblem | undefined {
  if (paths === "hops" || columns.weight !== undefined) return undefined;
  return {
    code: "MISSING_KEY",
    at: ["columns"],
    message: "must name the weight that is an edge's length",
    next: "add columns: { weight: … }, or say paths: hops",
  };
}

const has = (features: readonly FeatureName[], name: FeatureName): boolean => features.includes(name);
