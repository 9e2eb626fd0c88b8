import { Type, type Static } from "@sinclair/typebox";
import { Artifact, Dataset } from "../fields/basic.js";
import { defineStage, metric, type RuleProblem } from "../stage.js";
import { learningRateRule, minibatchesFit, reinforcementFields, warmupRule } from "../fields/training.js";

const settings = Type.Object(
  {
    model: Artifact("model", "the policy to start from; also the reference"),
    rewardModel: Artifact("reward-model", "what scores responses; the critic starts from it"),
    prompts: Type.Array(Dataset(["instruction"], "rows whose instruction is the prompt"), { minItems: 1 }),
    batchSize: Type.Integer({ minimum: 1, default: 64, description: "responses an iteration" }),
    minibatches: Type.Integer({ minimum: 1, default: 2, description: "parts of an iteration, one update each" }),
    epochs: Type.Integer({ minimum: 1, default: 2, description: "times through an iteration's responses" }),
    ...reinforcementFields,
    criticLearningRate: Type.Number({
      exclusiveMinimum: 0,
      maximum: 10,
      default: 3e-4,
      description: "the critic's highest; its schedule, warm-up and minimum are the policy's",
    }),
    klCoefficient: Type.Number({ minimum: 0, default: 0.05, description: "reward lost for a nat of divergence" }),
    klTarget: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description: "divergence of a response to aim at, nats, by changing the coefficient; absent: it stays",
      }),
    ),
    klHorizon: Type.Integer({
      minimum: 1,
      default: 1000,
      description: "responses over which the coefficient answers to an error",
    }),
    missingEndPenalty: Type.Number({
      minimum: 0,
      default: 1,
      description: "reward lost by a response that did not end by itself",
    }),
    gamma: Type.Number({ minimum: 0, maximum: 1, default: 1, description: "discount of later rewards" }),
    lambda: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.95,
      description: "of generalized advantage estimation",
    }),
    clip: Type.Number({ exclusiveMinimum: 0, default: 0.2, description: "of the ratio of probabilities" }),
    valueClip: Type.Number({ exclusiveMinimum: 0, default: 0.2, description: "of the critic's change" }),
    valueClipRelative: Type.Boolean({
      default: false,
      description:
        "valueClip counts standard deviations of the iteration's returns, so that it follows the rewards' scale",
    }),
    normalizeRewards: Type.Boolean({
      default: false,
      description: "rewards less the mean, over the standard deviation, of all rewards so far, before the divergence",
    }),
    valueCoefficient: Type.Number({ exclusiveMinimum: 0, default: 0.1, description: "of the value loss" }),
  },
  { additionalProperties: false },
);
type Settings = Static<typeof settings>;

export const ppo = defineStage({
  summary: "preference fine-tuning: proximal policy optimization against a reward model, held near the reference",
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
    reward: metric("1", "mean score of the last tenth of iterations, penalties taken off"),
    firstReward: metric("1", "the same of the first iteration"),
    kl: metric("nats/response", "divergence of a response from the reference, last tenth"),
    klCoefficient: metric("1", "at the end"),
    entropy: metric("nats/token", "of the policy, last tenth"),
    clipFraction: metric("share", "share of tokens whose ratio was clipped, last tenth"),
    explainedVariance: metric("share", "share of the returns' variance that the critic foresaw, last tenth"),
    responseLength: metric("tokens/response", "tokens a response, last tenth"),
    missingEnd: metric("share", "share of responses that did not end by themselves, last tenth"),
    iterations: metric("iterations", "iterations made"),
    tokens: metric("tokens", "response tokens learnt from"),
    prompts: metric("prompts", "prompts to choose from"),
    tooLong: metric("prompts", "prompts left out because they leave no room for a response"),
  },
  computesWithTensors: true,
  libraries: ["tokenizers"],
  writesOutsideStore: false,
  isBrief: false,
  requestsChoices: false,
  reads: [],
  unpinned: [],
  runsCode: [],
  rowsOf: {},
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
