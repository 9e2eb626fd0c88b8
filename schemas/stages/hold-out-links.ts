import { Type, type Static } from "@sinclair/typebox";
import { Artifact } from "../fields/basic.js";
import { defineStage, metric } from "../stage.js";
import { checkSource, tableSource, tablesRead, unpinnedIn } from "../fields/source.js";

const settings = Type.Object(
  {
    edges: tableSource("a row for each edge, from its source to its target"),
    columns: Type.Object(
      {
        source: Type.String({ minLength: 1, default: "follower", description: "where an edge begins" }),
        target: Type.String({ minLength: 1, default: "followed", description: "where it ends" }),
      },
      { additionalProperties: false, default: {}, description: "which columns hold what" },
    ),
    directed: Type.Boolean({ default: true, description: "false: an edge and its reverse are one" }),
    share: Type.Number({
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      default: 0.2,
      description: "of the edges taken away",
    }),
  },
  { additionalProperties: false },
);

type Settings = Static<typeof settings>;

export const holdOutLinks = defineStage({
  summary: "takes some edges away, to be predicted, and adds as many pairs that are no edges",
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
    edges: Artifact("table", "the edges that stay, with their columns: features come from these alone"),
    nodePairs: Artifact(
      "table",
      "source, target and linked: true for an edge taken away, false for a pair that is none",
    ),
  }),
  metrics: {
    kept: metric("edges", "edges that stay"),
    heldOut: metric("edges", "edges taken away"),
    notLinked: metric("node pairs", "pairs that are no edges"),
    selfLoops: metric("edges", "edges from a node to itself, which are neither kept nor held out"),
    duplicates: metric("edges", "edges that were there twice, which stand on the side of the first"),
  },
  computesWithTensors: false,
  libraries: ["duckdb"],
  writesOutsideStore: false,
  isBrief: false,
  requestsChoices: false,
  reads: ({ edges }: Settings) => tablesRead({ edges }),
  unpinned: ({ edges }: Settings) => unpinnedIn({ edges }),
  runsCode: [],
  rowsOf: {},
  learnsFrom: {},
});
