import { Type } from "@sinclair/typebox";
import { Artifact, Dataset } from "../fields/basic.js";
import { defineStage, metric } from "../stage.js";
import { learningRateRule, trainingFields } from "../fields/training.js";

const settings = Type.Object(
  {
    model: Artifact("model", "the model to start from"),
    data: Type.Array(Dataset(["instruction"], "instruction–response rows"), { minItems: 1 }),
    heldOut: Type.Array(Dataset(["instruction"], "rows to measure the loss on"), { default: [] }),
    epochs: Type.Number({ exclusiveMinimum: 0, default: 3, description: "times through the data" }),
    ...trainingFields,
  },
  { additionalProperties: false },
);

export const sft = defineStage({
  summary: "instruction fine-tuning: loss on the response's tokens only, chat template, packed sequences",
  version: 3,
  with: settings,
  rules: [learningRateRule],
  outputs: Type.Object({ model: Artifact("model", "the fine-tuned model") }),
  metrics: {
    loss: metric("nats/token", "training loss of the last steps"),
    heldOutLoss: metric("nats/token", "held-out loss at the end"),
    steps: metric("steps", "updates made"),
    tokens: metric("tokens", "response tokens seen"),
    examples: metric("rows", "examples learnt from"),
    tooLong: metric("rows", "examples left out because they are longer than a sequence"),
    heldOutTooLong: metric("rows", "held-out examples left out for the same reason"),
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
  learnsFrom: { model: ["model", "data"] },
});
