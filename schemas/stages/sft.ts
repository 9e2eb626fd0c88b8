import { Type } from "@sinclair/typebox";
import { Artifact } from "../artifact.js";
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
      epochs: Type.Number({ exclusiveMinimum: 0, default: 3 }),
      ...trainingFields,
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object({ model: Artifact("model", "the fine-tuned model") }),
} satisfies StageSchema;
