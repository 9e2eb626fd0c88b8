import { Type } from "@sinclair/typebox";
import { Artifact, OneOf } from "../fields.js";
import type { StageSchema } from "../stage.js";
import { reinforcementFields } from "./common.js";
import { verifier } from "./scoring.js";

export const grpo = {
  summary: "reasoning fine-tuning: group relative policy optimisation on rewards that can be verified",
  version: 3,
  usesTensors: true,
  with: Type.Object(
    {
      model: Artifact("model", "the policy to start from; also the reference"),
      data: Type.Array(Artifact("dataset", "rows of instruction and response, the known right answer"), {
        minItems: 1,
      }),
      verifiers: Type.Array(verifier, { minItems: 1, description: "what makes a response right" }),
      groupSize: Type.Integer({ minimum: 2, default: 8, description: "responses to each prompt" }),
      groups: Type.Integer({ minimum: 1, default: 16, description: "prompts an iteration" }),
      minibatches: Type.Integer({ minimum: 1, default: 1, description: "parts of an iteration, one update each" }),
      epochs: Type.Integer({ minimum: 1, default: 1, description: "times through an iteration's responses" }),
      ...reinforcementFields,
      lossType: OneOf(["grpo", "dapo", "dr_grpo"], {
        default: "dapo",
        description: "mean over responses of the mean over tokens; mean over all tokens; sum over a constant length",
      }),
      scaleRewards: OneOf(["group", "batch", "none"], {
        default: "group",
        description: "whose standard deviation the advantages are divided by; none: Dr. GRPO",
      }),
      epsilon: Type.Number({ exclusiveMinimum: 0, default: 0.2, description: "clip of the ratio of probabilities" }),
      epsilonHigh: Type.Optional(
        Type.Number({ exclusiveMinimum: 0, description: "its upper bound; default: epsilon; 0.28 in DAPO" }),
      ),
      beta: Type.Number({ minimum: 0, default: 0, description: "weight of the divergence from the reference" }),
      dynamicSampling: Type.Boolean({
        default: false,
        description: "groups whose rewards are all equal are replaced by other prompts' groups",
      }),
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object({
    model: Artifact("model", "the fine-tuned model"),
    training: Artifact("evaluation", "evaluation.json: every iteration's figures"),
  }),
  metrics: {
    reward: "mean reward of the last tenth of iterations",
    firstReward: "the same of the first iteration",
    kl: "divergence from the reference, last tenth, nats a token; with beta only",
    entropy: "of the policy, last tenth, nats a token; where the responses are scored before they are learnt from",
    clipFraction: "share of tokens whose ratio was clipped, last tenth",
    equalGroups: "share of groups whose rewards were all equal, last tenth",
    responseLength: "tokens a response, last tenth",
    missingEnd: "share of responses that did not end by themselves, last tenth",
    iterations: "iterations made",
    tokens: "response tokens learnt from",
    prompts: "prompts to choose from",
    tooLong: "prompts left out because they leave no room for a response",
    verifierErrors: "responses that a verifier failed on, counted as wrong",
    verifierTimeouts: "responses whose verification took too long, counted as wrong",
  },
} satisfies StageSchema;
