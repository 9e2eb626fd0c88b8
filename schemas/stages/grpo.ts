import { Type, type Static } from "@sinclair/typebox";
import { Artifact, Dataset, OneOf } from "../fields/basic.js";
import { defineStage, metric, type RuleProblem } from "../stage.js";
import { learningRateRule, minibatchesFit, reinforcementFields, warmupRule } from "../fields/training.js";
import { modulesRead, modulesRun, verifier, verifierMetrics, verifierRules } from "../fields/scoring.js";

const settings = Type.Object(
  {
    model: Artifact("model", "the policy to start from; also the reference"),
    prompts: Type.Array(Dataset(["instruction"], "rows of instruction and response, the known right answer"), {
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
    ratio: OneOf(["token", "sequence"], {
      default: "token",
      description:
        "whose probabilities the clipped ratio compares; sequence: the response's, a token's geometric mean (GSPO)",
    }),
    beta: Type.Number({ minimum: 0, default: 0, description: "weight of the divergence from the reference" }),
    klIn: OneOf(["loss", "reward"], {
      default: "loss",
      description: "what the divergence is taken off: each token's loss, as published, or the reward of the response",
    }),
    dynamicSampling: Type.Boolean({
      default: false,
      description: "groups whose rewards are all equal are replaced by other prompts' groups",
    }),
    maskTruncated: Type.Boolean({
      default: false,
      description: "responses cut at maxNewTokens do not count in the loss (DAPO); their rewards count in their groups",
    }),
    overlongPenalty: Type.Optional(
      Type.Object(
        {
          cache: Type.Integer({
            minimum: 1,
            description: "tokens before maxNewTokens in which the penalty grows from 0",
          }),
          penalty: Type.Number({ exclusiveMinimum: 0, default: 1, description: "reward lost at maxNewTokens" }),
        },
        { additionalProperties: false, description: "what long responses lose (DAPO's soft overlong punishment)" },
      ),
    ),
  },
  { additionalProperties: false },
);
type Settings = Static<typeof settings>;

export const grpo = defineStage({
  summary: "reasoning fine-tuning: group relative policy optimization on rewards that can be verified",
  example: `
reasoned:
  uses: grpo
  with:
    model: \${{ stages.chat.outputs.model }}
    prompts: ["\${{ stages.questions.outputs.train }}"]
    verifiers: [{ kind: number }]
    iterations: 5
    groups: 8
    maxNewTokens: 16
`,
  version: 6,
  with: settings,
  rules: [
    learningRateRule,
    warmupRule,
    {
      fields: ["minibatches", "groups", "groupSize"],
      check: ({ minibatches, groups, groupSize }) =>
        minibatchesFit(minibatches, groups * groupSize, `groups · groupSize (${groups * groupSize})`),
    },
    { fields: ["samplingBatch", "groupSize"], check: groupFits },
    { fields: ["klIn", "beta"], check: betaGiven },
    { fields: ["overlongPenalty", "maxNewTokens"], check: cacheFits },
    ...verifierRules,
  ],
  outputs: Type.Object({
    model: Artifact("model", "the fine-tuned model"),
    training: Artifact("evaluation", "evaluation.json: every iteration's metrics"),
  }),
  metrics: {
    reward: metric("1", "mean reward of all sampled responses, last tenth of iterations"),
    firstReward: metric("1", "the same of the first iteration"),
    kl: metric("nats/token", "divergence from the reference on the responses learnt from, last tenth; with beta only"),
    entropy: metric(
      "nats/token",
      "of the policy on the responses learnt from, last tenth; with beta or several updates an iteration only",
    ),
    clipFraction: metric("share", "share of tokens whose ratio was clipped, last tenth"),
    equalGroups: metric("share", "share of groups whose rewards were all equal, last tenth"),
    responseLength: metric("tokens/response", "tokens a response, of all sampled, last tenth"),
    missingEnd: metric("share", "share of all sampled responses that did not end by themselves, last tenth"),
    overlongPenalty: metric(
      "1",
      "mean reward that responses learnt from lost by their length, last tenth; with overlongPenalty only",
    ),
    masked: metric("responses", "truncated responses left out of the loss: maskTruncated"),
    iterations: metric("iterations", "iterations made"),
    tokens: metric("tokens", "response tokens learnt from"),
    prompts: metric("prompts", "prompts to choose from"),
    tooLong: metric("prompts", "prompts left out because they leave no room for a response"),
    ...verifierMetrics,
  },
  computesWithTensors: true,
  libraries: ["tokenizers", "quickjs", "re2js", "unicode"],
  writesOutsideStore: false,
  isBrief: false,
  requestsChoices: false,
  reads: modulesRead,
  unpinned: [],
  runsCode: modulesRun,
  rowsOf: {},
  learnsFrom: { model: ["model", "prompts"] },
});

function groupFits({ samplingBatch, groupSize }: Settings): RuleProblem | undefined {
  if (groupSize <= samplingBatch) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["samplingBatch"],
    message: `must be >= groupSize (${groupSize}), got ${samplingBatch}`,
    next: "raise samplingBatch, or lower groupSize: a group is written together",
  };
}

function betaGiven({ klIn, beta }: Settings): RuleProblem | undefined {
  if (klIn === "loss" || beta > 0) return undefined;
  return {
    code: "NOT_ALLOWED",
    at: ["klIn"],
    message: "has no effect without beta",
    next: "give beta a value above 0, or leave out klIn",
  };
}

function cacheFits({ overlongPenalty, maxNewTokens }: Settings): RuleProblem | undefined {
  if (overlongPenalty === undefined || overlongPenalty.cache <= maxNewTokens) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["overlongPenalty", "cache"],
    message: `must be <= maxNewTokens (${maxNewTokens}), got ${overlongPenalty.cache}`,
    next: "lower cache, or raise maxNewTokens",
  };
}
