import { Type, type Static } from "@sinclair/typebox";
import { Artifact, Dataset } from "../fields/basic.js";
import { defineStage, metric, type RuleProblem } from "../stage.js";
import { learningRateRule, minibatchesFit, reinforcementFields, warmupRule } from "../fields/training.js";

const settings = Type.Object({
  model: Artifact("model", "policy to start from; also the reference model"),
  rewardModel: Artifact("reward-model", "reward model that scores responses; the critic starts from it"),
  prompts: Type.Array(Dataset(["instruction"], "rows whose instruction is the prompt"), { minItems: 1 }),
  batchSize: Type.Integer({ minimum: 1, default: 64, description: "responses per iteration" }),
  minibatches: Type.Integer({
    minimum: 1,
    default: 2,
    description: "minibatches per epoch, one optimizer step each",
  }),
  epochs: Type.Integer({ minimum: 1, default: 2, description: "passes over an iteration's responses" }),
  ...reinforcementFields,
  criticLearningRate: Type.Number({
    exclusiveMinimum: 0,
    maximum: 10,
    default: 3e-4,
    description: "peak learning rate of the critic; schedule, warm-up and minimum are the policy's",
  }),
  klCoefficient: Type.Number({ minimum: 0, default: 0.05, description: "KL penalty: reward lost per nat" }),
  klTarget: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      description: "target KL divergence per response, nats, for an adaptive klCoefficient; default: fixed",
    }),
  ),
  klHorizon: Type.Integer({
    minimum: 1,
    default: 1000,
    description: "adaptive KL: number of responses over which klCoefficient adapts",
  }),
  missingEndPenalty: Type.Number({
    minimum: 0,
    default: 1,
    description: "reward penalty of a response without an end token",
  }),
  gamma: Type.Number({ minimum: 0, maximum: 1, default: 1, description: "discount factor of rewards" }),
  lambda: Type.Number({
    minimum: 0,
    maximum: 1,
    default: 0.95,
    description: "lambda of generalized advantage estimation (GAE)",
  }),
  clip: Type.Number({ exclusiveMinimum: 0, default: 0.2, description: "clip range of the probability ratio" }),
  valueClip: Type.Number({ exclusiveMinimum: 0, default: 0.2, description: "clip range of the critic's values" }),
  valueClipRelative: Type.Boolean({
    default: false,
    description:
      "measure valueClip in standard deviations of the iteration's returns, so that it follows the scale of rewards",
  }),
  normalizeRewards: Type.Boolean({
    default: false,
    description: "normalize rewards by the mean and standard deviation of all rewards so far, before the KL penalty",
  }),
  valueCoefficient: Type.Number({ exclusiveMinimum: 0, default: 0.1, description: "weight of the value loss" }),
});
type Settings = Static<typeof settings>;

export const ppo = defineStage({
  summary: "preference fine-tuning: proximal policy optimization on a reward model, with a KL penalty",
  example: `
preferred:
  uses: ppo
  with:
    model: \${{ stages.chat.outputs.model }}
    rewardModel: \${{ stages.scorer.outputs.rewardModel }}
    prompts: ["\${{ stages.questions.outputs.train }}"]
    iterations: 5
    maxNewTokens: 16
    klTarget: 3
`,
  version: 5,
  with: settings,
  rules: [
    learningRateRule,
    { fields: ["minimumLearningRate", "criticLearningRate"], check: minimumBelowCritic },
    warmupRule,
    {
      fields: ["minibatches", "batchSize"],
      check: ({ minibatches, batchSize }) => minibatchesFit(minibatches, batchSize, `batchSize (${batchSize})`),
    },
  ],
  outputs: Type.Object({
    model: Artifact("model", "the fine-tuned model"),
    training: Artifact("evaluation", "evaluation.json: every iteration's metrics"),
  }),
  metrics: {
    reward: metric("1", "mean score of the last tenth of iterations, minus penalties"),
    firstReward: metric("1", "mean score of the first iteration, minus penalties"),
    kl: metric("nats/response", "KL divergence per response from the reference, last tenth"),
    klCoefficient: metric("1", "KL coefficient at the end"),
    entropy: metric("nats/token", "entropy of the policy, last tenth"),
    clipFraction: metric("share", "share of tokens whose ratio was clipped, last tenth"),
    explainedVariance: metric("share", "share of the returns' variance that the critic explains, last tenth"),
    responseLength: metric("tokens/response", "mean length of a response, last tenth"),
    missingEnd: metric("share", "share of responses without an end token, last tenth"),
    iterations: metric("iterations", "iterations completed"),
    tokens: metric("tokens", "response tokens trained on"),
    prompts: metric("prompts", "prompts to sample from"),
    tooLong: metric("prompts", "prompts left out because they leave no room for a response"),
  },
  computesWithTensors: true,
  libraries: ["tokenizers"],
  learnsFrom: { model: ["model", "rewardModel", "prompts"] },
});

/** The critic's schedule ends at the same minimum. */
function minimumBelowCritic({ minimumLearningRate, criticLearningRate }: Settings): RuleProblem | undefined {
  if (minimumLearningRate <= criticLearningRate) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["minimumLearningRate"],
    message: `must be <= criticLearningRate (${criticLearningRate}), got ${minimumLearningRate}`,
    next: "lower minimumLearningRate, or raise criticLearningRate",
  };
}
