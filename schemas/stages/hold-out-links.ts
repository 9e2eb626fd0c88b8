import { Type, type Static } from "@sinclair/typebox";
import { Artifact } from "../fields/basic.js";
import { defineStage, metric } from "../stage.js";
import { checkSource, tableSource, tablesRead, unpinnedIn } from "../fields/source.js";

const settings = Type.Object({
  edges: tableSource("table of edges: one row per edge, from its source to its target"),
  columns: Type.Object(
    {
      source: Type.String({ minLength: 1, default: "follower", description: "column of edges: source" }),
      target: Type.String({ minLength: 1, default: "followed", description: "column of edges: target" }),
    },
    { additionalProperties: false, default: {}, description: "names of the columns" },
  ),
  directed: Type.Boolean({ default: true, description: "false: an edge and its reverse are the same edge" }),
  share: Type.Number({
    exclusiveMinimum: 0,
    exclusiveMaximum: 1,
    default: 0.2,
    description: "share of the edges to hold out",
  }),
});

type Settings = Static<typeof settings>;

export const holdOutLinks = defineStage({
  summary: "holds out some edges for link prediction, and adds as many node pairs that are not edges",
  example: `
links:
  uses: hold-out-links
  with:
    edges: { table: "\${{ stages.network.outputs.edges }}" }
    share: 0.2
`,
  version: 4,
  with: settings,
  rules: [{ fields: ["edges"], check: ({ edges }) => checkSource(edges, "edges") }],
  outputs: Type.Object({
    edges: Artifact("table", "the remaining edges, with their columns: compute features from these alone"),
    nodePairs: Artifact(
      "table",
      "source, target and linked: true for a held-out edge, false for a pair that is not an edge",
    ),
  }),
  metrics: {
    kept: metric("edges", "remaining edges"),
    heldOut: metric("edges", "held-out edges"),
    notLinked: metric("node pairs", "node pairs that are not edges"),
    selfLoops: metric("edges", "edges from a node to itself, neither kept nor held out"),
    duplicates: metric("edges", "duplicates of an earlier edge, which go the same way as that edge"),
  },
  libraries: ["duckdb"],
  reads: ({ edges }: Settings) => tablesRead({ edges }),
  unpinned: ({ edges }: Settings) => unpinnedIn({ edges }),
});
