import { Type } from "@sinclair/typebox";
import { Artifact } from "../fields.js";
import type { StageSchema } from "../stage.js";

const share = (standard: number, description: string) =>
  Type.Number({ minimum: 0, maximum: 1, default: standard, description });

export const socialNetwork = {
  summary: "makes up a network of accounts that follow each other, from the run's seed",
  version: 1,
  usesTensors: false,
  with: Type.Object(
    {
      accounts: Type.Integer({ minimum: 1, maximum: 10_000_000, default: 2000, description: "accounts" }),
      follows: Type.Number({
        minimum: 0,
        default: 10,
        description: "mean number of accounts that one follows by its own choice; answers come on top",
      }),
      communities: Type.Integer({ minimum: 1, default: 8, description: "groups that follow each other; in no column" }),
      reciprocity: share(0.4, "chance that a follow inside a community is answered; outside it is a third of this"),
      openness: share(0.25, "share of follows that leave the community"),
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object({
    accounts: Artifact("table", "id, age, country, topic, posts a month, and whether it subscribes: the label"),
    followers: Artifact("table", "follower, followed, messages between them"),
  }),
  metrics: { accounts: "accounts", follows: "edges", subscribers: "share of accounts that subscribe" },
} satisfies StageSchema;
