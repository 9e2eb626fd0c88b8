import { Type } from "@sinclair/typebox";
import { Artifact } from "../fields.js";
import type { StageSchema } from "../stage.js";
import { optimizerFields } from "./common.js";

export const rewardModel = {
  summary: "fits a reward model to preferences (Bradley-Terry), starting from a language model",
  version: 1,
  usesTensors: true,
  with: Type.Object(
    {
      model: Artifact("model", "the model whose body it starts from"),
      data: Type.Array(Artifact("dataset", "rows of prompt, chosen, rejected"), { minItems: 1 }),
      heldOut: Type.Array(Artifact("dataset", "rows to measure accuracy and calibration on"), { default: [] }),
      epochs: Type.Number({ exclusiveMinimum: 0, default: 1, description: "times through the pairs" }),
      batchSize: Type.Integer({ minimum: 1, default: 32, description: "pairs a step" }),
      centering: Type.Number({ minimum: 0, default: 0.01, description: "weight of (chosen + rejected)² in the loss" }),
      ...optimizerFields,
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object({
    rewardModel: Artifact("reward-model", "a Hugging Face folder, Qwen3ForSequenceClassification"),
    evaluation: Artifact("evaluation", "evaluation.json: accuracy, calibration, histograms of the scores"),
  }),
  metrics: {
    loss: "training loss of the last steps, nats a pair",
    accuracy: "share of held-out pairs in which the chosen response scores higher",
    trainAccuracy: "the same of the pairs of the last steps, before they were learnt from",
    calibrationError: "expected calibration error of the predicted preference on held-out pairs",
    meanScore: "mean score of the held-out responses",
    pairs: "pairs learnt from",
    heldOutPairs: "pairs measured on",
    steps: "updates made",
    tooLong: "pairs left out because they are longer than the model's context",
    heldOutTooLong: "held-out pairs left out for the same reason",
  },
} satisfies StageSchema;
