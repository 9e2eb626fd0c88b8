import { Type } from "@sinclair/typebox";
import { Artifact, RelativePath } from "../fields.js";
import type { StageSchema } from "../stage.js";

export const exportModel = {
  summary: "writes a model as a Hugging Face folder (transformers and llama.cpp load it)",
  version: 1,
  usesTensors: false,
  sideEffects: true,
  with: Type.Object(
    {
      model: Artifact("model", "the model to export"),
      to: RelativePath({ description: "a folder below the working folder; replaced whole" }),
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object({ model: Artifact("model", "the exported model") }),
  metrics: {
    bytes: "size of the folder",
  },
} satisfies StageSchema;
