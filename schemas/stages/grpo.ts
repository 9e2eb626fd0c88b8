import { Type, type Static } from "@sinclair/typebox";
import { Artifact, Dataset, StringEnum } from "../fields/basic.js";
import { defineStage, metric, type RuleProblem } from "../stage.js";
import { learningRateRule, minibatchesFit, reinforcementFields, warmupRule } from "../fields/training.js";
import { modulesRead, modulesRun, verifier, verifierMetrics, verifierRules } from "../fields/scoring.js";

const settings = Type.Object({
  model: Artifact("model", "policy to start from; also the reference model"),
  prompts: Type.Array(Dataset(["instruction"], "rows of instruction and response, the right answer"), {
    minItems: 1,
  }),
  verifiers: Type.Array(verifier, { minItems: 1, description: "rules that decide whether a response is right" }),
  groupSize: Type.Integer({ minimum: 2, default: 8, description: "responses per prompt" }),
  groups: Type.Integer({ minimum: 1, default: 16, description: "prompts per iteration" }),
  minibatches: Type.Integer({
    minimum: 1,
    default: 1,
    description: "minibatches per epoch, one optimizer step each",
  }),
  epochs: Type.Integer({ minimum: 1, default: 1, description: "passes over an iteration's responses" }),
  ...reinforcementFields,
  lossType: StringEnum(["grpo", "dapo", "dr_grpo"], {
    default: "dapo",
    description:
      "grpo: mean over responses of the mean over tokens; dapo: mean over all tokens; dr_grpo: sum ÷ a constant length",
  }),
  scaleRewards: StringEnum(["group", "batch", "none"], {
    default: "group",
    description: "whose rewards' standard deviation divides the advantages; none: no scaling (Dr. GRPO)",
  }),
  epsilon: Type.Number({ exclusiveMinimum: 0, default: 0.2, description: "clip range of the probability ratio" }),
  epsilonHigh: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, description: "upper clip range; default: epsilon; DAPO: 0.28" }),
  ),
  ratio: StringEnum(["token", "sequence"], {
    default: "token",
    description:
      "unit of the clipped probability ratio; token: each token; sequence: the response, geometric mean per token (GSPO)",
  }),
  beta: Type.Number({ minimum: 0, default: 0, description: "weight of the KL divergence" }),
  klIn: StringEnum(["loss", "reward"], {
    default: "loss",
    description:
      "where the KL divergence is applied; loss: to each token's loss, as published; reward: to the response's reward",
  }),
  dynamicSampling: Type.Boolean({
    default: false,
    description: "replace groups whose rewards are all equal with groups of other prompts (DAPO)",
  }),
  maskTruncated: Type.Boolean({
    default: false,
    description: "leave responses cut at maxNewTokens out of the loss (DAPO); their rewards still count",
  }),
  overlongPenalty: Type.Optional(
    Type.Object(
      {
        cache: Type.Integer({
          minimum: 1,
          description: "tokens before maxNewTokens over which the penalty grows from 0",
        }),
        penalty: Type.Number({ exclusiveMinimum: 0, default: 1, description: "penalty at maxNewTokens" }),
      },
      { additionalProperties: false, description: "penalty of long responses (DAPO's soft overlong punishment)" },
    ),
  ),
});
type Settings = Static<typeof settings>;

export const grpo = defineStage({
  summary: "reasoning fine-tuning: group relative policy optimization on verifiable rewards",
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
    firstReward: metric("1", "mean reward of the first iteration"),
    kl: metric("nats/token", "KL divergence from the reference on trained responses, last tenth; only with beta"),
    entropy: metric(
      "nats/token",
      "policy entropy on trained responses, last tenth; only with beta or several optimizer steps per iteration",
    ),
    clipFraction: metric("share", "share of tokens whose ratio was clipped, last tenth"),
    equalGroups: metric("share", "share of groups whose rewards were all equal, last tenth"),
    responseLength: metric("tokens/response", "mean length of all sampled responses, last tenth"),
    missingEnd: metric("share", "share of all sampled responses without an end token, last tenth"),
    overlongPenalty: metric("1", "mean length penalty of trained responses, last tenth; only with overlongPenalty"),
    masked: metric("responses", "truncated responses left out of the loss (maskTruncated)"),
    iterations: metric("iterations", "iterations completed"),
    tokens: metric("tokens", "response tokens trained on"),
    prompts: metric("prompts", "prompts to sample from"),
    tooLong: metric("prompts", "prompts left out because they leave no room for a response"),
    ...verifierMetrics,
  },
  computesWithTensors: true,
  libraries: ["tokenizers", "quickjs", "re2js", "unicode"],
  reads: modulesRead,
  runsCode: modulesRun,
  learnsFrom: { model: ["model", "prompts"] },
});

function groupFits({ samplingBatch, groupSize }: Settings): RuleProblem | undefined {
  if (groupSize <= samplingBatch) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["samplingBatch"],
    message: `must be >= groupSize (${groupSize}), got ${samplingBatch}`,
    next: "raise samplingBatch, or lower groupSize: a group is sampled together",
  };
}

function betaGiven({ klIn, beta }: Settings): RuleProblem | undefined {
  if (klIn === "loss" || beta > 0) return undefined;
  return {
    code: "NOT_ALLOWED",
    at: ["klIn"],
    message: "has no effect without beta",
    next: "set beta above 0, or remove klIn",
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
