import { Type, type Static } from "@sinclair/typebox";
import { Artifact, Dataset, HeldOut } from "../fields/basic.js";
import { defineStage, metric } from "../stage.js";
import { learningRateRule, memoryFields, optimizerFields } from "../fields/training.js";

const settings = Type.Object({
  model: Artifact("model", "language model to start from"),
  data: Type.Array(Dataset(["preference"], "rows of prompt, chosen, rejected"), { minItems: 1 }),
  heldOut: Type.Array(HeldOut(Dataset(["preference"], "rows for measuring accuracy and calibration")), { default: [] }),
  epochs: Type.Number({ exclusiveMinimum: 0, default: 1, description: "passes over the preferences" }),
  batchSize: Type.Integer({ minimum: 1, default: 32, description: "preferences per micro-batch" }),
  ...memoryFields,
  centering: Type.Number({ minimum: 0, default: 0.01, description: "weight of (chosen + rejected)² in the loss" }),
  ...optimizerFields,
  learningRate: Type.Number({
    exclusiveMinimum: 0,
    maximum: 10,
    default: 3e-4,
    description: "peak learning rate, after the warm-up",
  }),
  weightDecay: Type.Number({ minimum: 0, default: 0, description: "decoupled weight decay, of matrices only" }),
});

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
    accuracy: metric("share", "share of held-out preferences whose chosen response scores higher"),
    accuracyLow: metric(
      "share",
      "lower bound of its 95 % confidence interval: bootstrap over entities, else over prompts",
    ),
    accuracyHigh: metric("share", "upper bound of its 95 % confidence interval"),
    lengthAccuracy: metric(
      "share",
      "accuracy of length alone: the longer response wins, or the shorter, whichever is right more often in training",
    ),
    positionAccuracy: metric("share", "accuracy of position alone: the response shown first, or second; if known"),
    loss: metric("nats/preference", "training loss of the last steps"),
    trainAccuracy: metric("share", "accuracy on the preferences of the last steps, before training on them, smoothed"),
    calibrationError: metric("share", "expected calibration error on held-out preferences"),
    meanScore: metric("1", "mean score of the held-out responses"),
    preferences: metric("preferences", "preferences trained on"),
    heldOutPreferences: metric("preferences", "held-out preferences measured on"),
    steps: metric("steps", "optimizer steps"),
    tooLong: metric("preferences", "preferences left out because they are longer than the model's context"),
    heldOutTooLong: metric("preferences", "held-out preferences left out for the same reason"),
  },
  computesWithTensors: true,
  libraries: ["tokenizers"],
  heldOutOf: "data",
  learnsFrom: { rewardModel: ["model", "data"] },
  minRows: ({ batchSize }: Settings) => ({ data: "data", least: batchSize, because: "batchSize" }),
});
