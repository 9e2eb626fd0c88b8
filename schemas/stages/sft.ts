import { Type } from "@sinclair/typebox";
import { Artifact } from "../fields.js";
import type { StageSchema } from "../stage.js";
import { trainingFields } from "./common.js";

export const sft = {
  summary: "instruction fine-tuning: loss on the response's tokens only, chat template, packed sequences",
  version: 1,
  usesTensors: true,
  with: Type.Object(
    {
      model: Artifact("model", "the model to start from"),
      data: Type.Array(Artifact("dataset", "instruction–response rows"), { minItems: 1 }),
      heldOut: Type.Array(Artifact("dataset", "rows to measure the loss on"), { default: [] }),
      epochs: Type.Number({ exclusiveMinimum: 0, default: 3, description: "times through the data" }),
      ...trainingFields,
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object({ model: Artifact("model", "the fine-tuned model") }),
  metrics: {
    loss: "training loss of the last steps, nats a token",
    heldOutLoss: "held-out loss at the end, nats a token",
    steps: "updates made",
    tokens: "response tokens seen",
    examples: "examples learnt from",
    tooLong: "examples left out because they are longer than a sequence",
    heldOutTooLong: "held-out examples left out for the same reason",
  },
} satisfies StageSchema;
