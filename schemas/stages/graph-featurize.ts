import { Type } from "@sinclair/typebox";
import { Artifact, OneOf } from "../fields.js";
import type { StageSchema } from "../stage.js";
import { tableSource } from "./table-source.js";

export const graphFeaturize = {
  summary: "features of every account from a table of accounts and a table of who follows whom",
  version: 1,
  usesTensors: false,
  with: Type.Object(
    {
      accounts: tableSource("a row for each account, with its attributes"),
      followers: tableSource("a row for each edge, from the follower to the followed"),
      columns: Type.Object(
        {
          node: Type.String({ minLength: 1, default: "id", description: "of accounts: the account's id" }),
          source: Type.String({ minLength: 1, default: "follower", description: "of followers: where an edge begins" }),
          target: Type.String({ minLength: 1, default: "followed", description: "of followers: where it ends" }),
          weight: Type.Optional(Type.String({ minLength: 1, description: "of followers: an edge's weight; else 1" })),
        },
        { additionalProperties: false, default: {}, description: "which columns hold what" },
      ),
      directed: Type.Boolean({ default: true, description: "false: an edge leads both ways" }),
      unknownAccounts: OneOf(["error", "drop", "add"], {
        default: "error",
        description: "edges of accounts that are not in the table: refused, left out, or the accounts are added",
      }),
      duplicates: OneOf(["sum", "first"], {
        default: "sum",
        description: "what an edge weighs that is there several times",
      }),
      selfLoops: OneOf(["keep", "drop"], { default: "drop", description: "edges from an account to itself" }),
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object({
    features: Artifact("table", "features.parquet and features.csv: the accounts' columns and their features"),
  }),
  metrics: {
    nodes: "accounts",
    edges: "edges of the graph, without those left out or merged",
    features: "columns of features",
    unknownAccounts: "accounts in edges only, that were dropped or added",
    unknownEdges: "edges left out because an end is no account",
    selfLoops: "edges from an account to itself that were read",
    duplicates: "edges merged into an equal one before them",
  },
} satisfies StageSchema;
