import { Type } from "@sinclair/typebox";
import { Artifact, RelativePath } from "../fields.js";
import type { StageSchema } from "../stage.js";

export const exportModel = {
  summary: "writes a model, or a reward model, as a Hugging Face folder (transformers loads it; llama.cpp a model)",
  version: 2,
  usesTensors: false,
  sideEffects: true,
  with: Type.Object(
    {
      model: Type.Optional(Artifact("model", "the model to export")),
      rewardModel: Type.Optional(Artifact("reward-model", "or the reward model to export")),
      to: RelativePath({ description: "a folder below the working folder; replaced whole" }),
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object({
    model: Type.Optional(Artifact("model", "the exported model")),
    rewardModel: Type.Optional(Artifact("reward-model", "the exported reward model")),
  }),
  metrics: {
    bytes: "size of the folder",
  },
} satisfies StageSchema;
