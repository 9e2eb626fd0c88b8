import { Type, type Static } from "@sinclair/typebox";
import { Artifact, OneOf, RelativePath } from "../fields.js";

const pattern = Type.Optional(
  Type.String({ minLength: 1, description: "regex: a JavaScript regular expression, flags u and s" }),
);
const path = Type.Optional(
  RelativePath({ description: "module: a JavaScript file below the working folder; its default export is the rule" }),
);
const limits = {
  timeLimitMs: Type.Integer({ minimum: 1, maximum: 60_000, default: 200, description: "code: longest run, ms" }),
  memoryLimitBytes: Type.Integer({
    minimum: 1 << 20,
    maximum: 1 << 30,
    default: 16 << 20,
    description: "code: most memory, bytes",
  }),
};

/** Rules that compare a response with the row's reference: what a verifier may be, and a judge too. */
const verifierKinds = ["number", "exact", "regex", "code", "module"] as const;

/**
 * A rule that says whether a response is right: 1 or 0 (a module: any number).
 * number: the last number in it equals the reference's; exact: equals the reference but for case and white space; regex:
 * matches; code: the JavaScript expression in it gives what the reference gives.
 */
export const verifier = Type.Object(
  {
    kind: OneOf(verifierKinds, { description: "what makes a response right" }),
    task: Type.Optional(Type.String({ minLength: 1, description: "only rows with this `task`; absent: all others" })),
    weight: Type.Number({ default: 1, description: "what the verdict is multiplied by" }),
    pattern,
    path,
    ...limits,
  },
  { additionalProperties: false, description: "a rule that says whether a response is right" },
);

/** A rule in a person's place: of two responses that with the higher score is preferred; equal scores are a tie. */
export const judge = Type.Object(
  {
    kind: OneOf([...verifierKinds, "length", "rewardModel"], {
      description:
        "length: characters; regex: number of matches; rewardModel: its score; else as a verifier of that kind",
    }),
    prefer: OneOf(["more", "less"], { default: "more", description: "which score is the better one" }),
    rewardModel: Type.Optional(Artifact("reward-model", "rewardModel: the one that scores")),
    pattern,
    path,
    ...limits,
  },
  { additionalProperties: false, description: "a rule in a person's place" },
);

export type Verifier = Static<typeof verifier>;
export type Judge = Static<typeof judge>;
