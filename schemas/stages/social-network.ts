import { Type } from "@sinclair/typebox";
import { Artifact } from "../fields/basic.js";
import { defineStage, metric } from "../stage.js";

const share = (standard: number, description: string) =>
  Type.Number({ minimum: 0, maximum: 1, default: standard, description });

const settings = Type.Object({
  nodes: Type.Integer({ minimum: 1, maximum: 10_000_000, default: 2000, description: "number of accounts (nodes)" }),
  edgesPerNode: Type.Number({
    minimum: 0,
    default: 10,
    description: "mean number of accounts that an account follows on its own; follow-backs are extra",
  }),
  communities: Type.Integer({ minimum: 1, default: 8, description: "number of communities; they are in no column" }),
  reciprocity: share(0.4, "chance of a follow-back within a community; a third of it between communities"),
  openness: share(0.25, "share of follows that leave the community"),
});

export const socialNetwork = defineStage({
  summary: "generates a synthetic network of accounts that follow each other, from the run's seed",
  example: `
network:
  uses: social-network
  with: { nodes: 300 }
`,
  version: 2,
  with: settings,
  outputs: Type.Object({
    nodes: Artifact("table", "id, age, country, topic, posts per month, and the label: whether the account subscribes"),
    edges: Artifact("table", "follower, followed, messages between them"),
  }),
  metrics: {
    nodes: metric("nodes", "accounts"),
    edges: metric("edges", "edges"),
    subscribers: metric("share", "share of accounts that subscribe"),
  },
  libraries: ["duckdb"],
});
