import { Type, type Static } from "@sinclair/typebox";
import { Artifact, Dataset } from "../fields/basic.js";
import { defineStage, metric } from "../stage.js";
import { learningRateRule, memoryFields, optimizerFields } from "../fields/training.js";

const settings = Type.Object(
  {
    model: Artifact("model", "the model whose body it starts from"),
    data: Type.Array(Dataset(["preference"], "rows of prompt, chosen, rejected"), { minItems: 1 }),
    heldOut: Type.Array(Dataset(["preference"], "rows to measure accuracy and calibration on"), { default: [] }),
    epochs: Type.Number({ exclusiveMinimum: 0, default: 1, description: "times through the pairs" }),
    batchSize: Type.Integer({ minimum: 1, default: 32, description: "pairs a step, before accumulation" }),
    ...memoryFields,
    centering: Type.Number({ minimum: 0, default: 0.01, description: "weight of (chosen + rejected)² in the loss" }),
    ...optimizerFields,
    learningRate: Type.Number({
      exclusiveMinimum: 0,
      maximum: 10,
      default: 3e-4,
      description: "highest, after the warm-up",
    }),
    weightDecay: Type.Number({ minimum: 0, default: 0, description: "decoupled; matrices only" }),
  },
  { additionalProperties: false },
);

type Settings = Static<typeof settings>;

export const rewardModel = defineStage({
  summary: "fits a reward model to preferences (Bradley-Terry), starting from a language model",
  example: `
scorer:
  uses: reward-model
  with:
    model: \${{ stages.chat.outputs.model }}
    data: ["\${{ stages.preferences.outputs.train }}"]
    heldOut: ["\${{ stages.preferences.outputs.heldOut }}"]
`,
  version: 5,
  with: settings,
  rules: [learningRateRule],
  outputs: Type.Object({
    rewardModel: Artifact("reward-model", "a Hugging Face directory, Qwen3ForSequenceClassification"),
    evaluation: Artifact(
      "evaluation",
      "evaluation.json: accuracy, also of trivial rules, calibration, histograms of the scores",
    ),
  }),
  metrics: {
    accuracy: metric("share", "share of held-out pairs in which the chosen response scores higher"),
    accuracyLow: metric("share", "lower end of its 95 % interval: bootstrap over entities, else over prompts"),
    accuracyHigh: metric("share", "upper end of its 95 % interval"),
    lengthAccuracy: metric(
      "share",
      "what length alone scores there: the longer response wins, or the shorter, whichever is right more often in training",
    ),
    positionAccuracy: metric("share", "the same of the response that was shown first, or second, where that is known"),
    loss: metric("nats/preference", "training loss of the last steps"),
    trainAccuracy: metric("share", "the same of the pairs of the last steps, before they were learnt from, smoothed"),
    calibrationError: metric("share", "expected calibration error of the predicted preference on held-out pairs"),
    meanScore: metric("1", "mean score of the held-out responses"),
    preferences: metric("preferences", "preferences learned from"),
    heldOutPreferences: metric("preferences", "preferences measured on"),
    steps: metric("steps", "updates made"),
    tooLong: metric("preferences", "pairs left out because they are longer than the model's context"),
    heldOutTooLong: metric("preferences", "held-out pairs left out for the same reason"),
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
  learnsFrom: { rewardModel: ["model", "data"] },
  leastRows: ({ batchSize }: Settings) => ({ data: "data", least: batchSize, because: "batchSize" }),
});
