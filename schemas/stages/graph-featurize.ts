import { Type, type Static } from "@sinclair/typebox";
import { Artifact, StringEnum } from "../fields/basic.js";
import { defineStage, metric, type RuleProblem } from "../stage.js";
import { checkSource, tableSource, tablesRead, unpinnedIn } from "../fields/source.js";

/** Groups of features; `graph/features/index.ts` has their computation. */
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

const settings = Type.Object({
  nodes: tableSource("table of nodes: one row per node, with its attributes"),
  edges: tableSource("table of edges: one row per edge, from its source to its target"),
  columns: Type.Object(
    {
      node: Type.String({ minLength: 1, default: "id", description: "column of nodes: id" }),
      source: Type.String({ minLength: 1, default: "follower", description: "column of edges: source" }),
      target: Type.String({ minLength: 1, default: "followed", description: "column of edges: target" }),
      weight: Type.Optional(
        Type.String({
          minLength: 1,
          description: "column of edges: weight; default: every edge weighs 1, however often it occurs",
        }),
      ),
    },
    { additionalProperties: false, default: {}, description: "names of the columns" },
  ),
  directed: Type.Boolean({ default: true, description: "false: edges are undirected" }),
  unknownNodes: StringEnum(["error", "drop", "add"], {
    default: "error",
    description:
      "edges of nodes that are not in the table; error: the stage fails; drop: leave them out; add: add the nodes",
  }),
  duplicates: StringEnum(["sum", "first"], {
    default: "sum",
    description: "weight of an edge that occurs several times; sum: of all; first: of the first",
  }),
  selfLoops: StringEnum(["keep", "drop"], { default: "drop", description: "edges from a node to itself" }),
  features: Type.Array(StringEnum(featureNames), {
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
      "maximum number of nodes to search shortest paths from; larger graphs are sampled, with standard errors; 0: all nodes",
  }),
  paths: StringEnum(["hops", "weights"], {
    default: "hops",
    description: "length of an edge on a path; hops: 1; weights: its weight",
  }),
  damping: Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0.85,
    description: "PageRank: damping factor, the share of steps that follow an edge",
  }),
  personalize: Type.Array(Type.String({ minLength: 1 }), {
    default: [],
    description: "personalized-pagerank: ids of the nodes at which a walk restarts",
  }),
  katzAlpha: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      description: "Katz: attenuation factor; default: small enough that it always converges",
    }),
  ),
  hops: Type.Array(Type.Integer({ minimum: 1 }), {
    minItems: 1,
    uniqueItems: true,
    default: [2, 3],
    description: "reach, reached-by: maximum numbers of hops",
  }),
  resolution: Type.Number({
    exclusiveMinimum: 0,
    default: 1,
    description: "community: resolution; above 1: more and smaller communities",
  }),
  dimensions: Type.Integer({ minimum: 1, maximum: 1024, default: 16, description: "fastrp: size of the embedding" }),
  neighbors: Type.Array(
    Type.Object(
      {
        attribute: Type.String({ minLength: 1, description: "column of nodes" }),
        aggregate: Type.Array(StringEnum(["mean", "max", "share"]), {
          uniqueItems: true,
          default: [],
          description: "mean, max: of numbers; share: of each category; default: those that fit the column",
        }),
      },
      { additionalProperties: false, description: "attribute of the neighbors, and how to aggregate it" },
    ),
    { default: [], description: "neighbors: attributes of the neighbors to aggregate" },
  ),
  nodePairs: Type.Optional(tableSource("table of node pairs, for features of pairs")),
  nodePairColumns: Type.Object(
    {
      source: Type.String({ minLength: 1, default: "source", description: "column of nodePairs: first node" }),
      target: Type.String({ minLength: 1, default: "target", description: "column of nodePairs: second node" }),
    },
    { additionalProperties: false, default: {}, description: "names of the columns of nodePairs" },
  ),
  tolerance: Type.Number({
    exclusiveMinimum: 0,
    default: 1e-12,
    description: "relative change of the values below which an iteration has converged",
  }),
  iterations: Type.Integer({ minimum: 1, default: 1000, description: "maximum number of iterations" }),
  notConverged: StringEnum(["error", "missing"], {
    default: "error",
    description: "features whose iteration does not converge; error: the stage fails; missing: they have no values",
  }),
});
type Settings = Static<typeof settings>;

export const graphFeaturize = defineStage({
  summary: "computes features of every node from a table of nodes and a table of edges",
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
  version: 8,
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
        "node-pairs.parquet and node-pairs.csv: the pairs' columns, their features, and the features of both nodes",
      ),
    ),
  }),
  metrics: {
    nodes: metric("nodes", "nodes of the graph"),
    edges: metric("edges", "edges of the graph, without those left out or merged"),
    features: metric("columns", "feature columns"),
    unknownNodes: metric("nodes", "nodes that occur only in edges, dropped or added"),
    unknownEdges: metric("edges", "edges left out because one end is not in the table of nodes"),
    selfLoops: metric("edges", "edges from a node to itself in the input"),
    duplicates: metric("edges", "edges merged into an earlier equal edge"),
    nodePairs: metric("node pairs", "node pairs"),
    unknownNodePairs: metric("node pairs", "node pairs left out because one node is not in the table of nodes"),
    notConverged: metric("groups", "groups of features without values because their iteration did not converge"),
  },
  libraries: ["duckdb", "hono"],
  reads: ({ nodes, edges, nodePairs }: Settings) => tablesRead({ nodes, edges, nodePairs }),
  unpinned: ({ nodes, edges, nodePairs }: Settings) => unpinnedIn({ nodes, edges, nodePairs }),
});

function personalizeBelongs({ features, personalize }: Settings): RuleProblem | undefined {
  const isSelected = has(features, "personalized-pagerank");
  if (isSelected === personalize.length > 0) return undefined;
  return {
    code: isSelected ? "MISSING_KEY" : "NOT_ALLOWED",
    at: ["personalize"],
    message: isSelected
      ? "must name the nodes at which personalized-pagerank restarts"
      : "requires the feature personalized-pagerank",
    next: isSelected ? "add personalize: [id, …]" : "add personalized-pagerank to features, or remove personalize",
  };
}

function attributesBelong({ features, neighbors }: Settings): RuleProblem | undefined {
  const isSelected = has(features, "neighbors");
  if (isSelected === neighbors.length > 0) return undefined;
  return {
    code: isSelected ? "MISSING_KEY" : "NOT_ALLOWED",
    at: ["neighbors"],
    message: isSelected ? "must name the attributes to aggregate" : "requires the feature neighbors",
    next: isSelected ? "add neighbors: [{ attribute: … }]" : "add neighbors to features, or remove neighbors",
  };
}

function strengthNeedsWeights({ features, columns }: Settings): RuleProblem | undefined {
  if (!has(features, "strength") || columns.weight !== undefined) return undefined;
  return {
    code: "MISSING_KEY",
    at: ["columns"],
    message: "must name weight, the column that strength adds up",
    next: "add columns: { weight: … }, or remove strength",
  };
}

function lengthsNeedWeights({ paths, columns }: Settings): RuleProblem | undefined {
  if (paths === "hops" || columns.weight !== undefined) return undefined;
  return {
    code: "MISSING_KEY",
    at: ["columns"],
    message: "must name weight, the column with an edge's length",
    next: "add columns: { weight: … }, or set paths: hops",
  };
}

const has = (features: readonly FeatureName[], name: FeatureName): boolean => features.includes(name);
