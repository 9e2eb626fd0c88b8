import { Type, type Static } from "@sinclair/typebox";
import { Artifact, OneOf, RelativePath } from "../fields.js";

const ruleFields = {
  pattern: Type.Optional(
    Type.String({ minLength: 1, description: "regex: a JavaScript regular expression, flags u and s" }),
  ),
  path: Type.Optional(
    RelativePath({ description: "module: a JavaScript file below the working folder; its default export is the rule" }),
  ),
  stepLimit: Type.Optional(
    Type.Integer({
      minimum: 10_000,
      maximum: 1_000_000_000,
      description: "code: most calls and turns of loops, in steps of 10,000; default 1,000,000",
    }),
  ),
  timeLimitMs: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 60_000,
      description: "regex, code, module: longest time for one response, ms; default 5000",
    }),
  ),
  memoryLimitBytes: Type.Optional(
    Type.Integer({
      minimum: 1 << 24,
      maximum: 1 << 30,
      description: "code (default 32 MiB), module (default 256 MiB): most memory, bytes",
    }),
  ),
};

/** Rules that compare a response with the row's reference: what a verifier may be, and a judge too. */
const verifierKinds = ["number", "exact", "regex", "code", "module"] as const;

/**
 * A rule that says whether a response is right: 1 or 0 (a module: any number).
 * number: the last number in it equals the reference's; exact: equals the reference but for case and white space; regex:
 * matches the pattern, or without one the reference as a pattern; code: the JavaScript in it gives what the reference gives.
 */
export const verifier = Type.Object(
  {
    kind: OneOf(verifierKinds, { description: "what makes a response right" }),
    task: Type.Optional(Type.String({ minLength: 1, description: "only rows with this `task`; absent: all others" })),
    weight: Type.Number({ default: 1, description: "what the verdict is multiplied by" }),
    ...ruleFields,
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
    ...ruleFields,
  },
  { additionalProperties: false, description: "a rule in a person's place" },
);

export type Verifier = Static<typeof verifier>;
export type Judge = Static<typeof judge>;

/** Metrics of stages that have verifiers: how often no verdict came; the response scores 0 then. */
export const verifierMetrics = {
  verifierErrors: "responses whose verifier, or whose code, threw; they score 0",
  verifierTimeouts: "responses whose verifier, or whose code, ran too long; they score 0",
  verifierOutOfMemory: "responses whose verifier, or whose code, took too much memory; they score 0",
  verifierNotFinite: "responses whose verifier gave NaN or infinity; they score 0",
  verifierBadReferences: "responses to rows whose reference no response can meet; they score 0",
};

/** The same of stages that have a judge. */
export const judgeMetrics = {
  judgeErrors: "responses whose judge, or whose code, threw; they score 0",
  judgeTimeouts: "responses whose judge, or whose code, ran too long; they score 0",
  judgeOutOfMemory: "responses whose judge, or whose code, took too much memory; they score 0",
  judgeNotFinite: "responses whose judge gave NaN or infinity; they score 0",
  judgeBadReferences: "responses to rows whose reference no response can meet; they score 0",
  judgeTooLong: "responses beyond the reward model's context: scored by their beginning; 0 where the prompt fills it",
};
