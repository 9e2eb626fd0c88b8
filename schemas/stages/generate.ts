import { Type } from "@sinclair/typebox";
import { Artifact } from "../artifact.js";
import type { StageSchema } from "../stage.js";
import { samplingFields } from "./common.js";

export const generate = {
  summary: "writes continuations of, or answers to, prompts",
  version: 1,
  usesTensors: true,
  with: Type.Object(
    {
      model: Artifact("model", "the model that writes"),
      prompts: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
      chat: Type.Boolean({ default: true, description: "wrap each prompt in the chat template; false: continue it as text" }),
      batchSize: Type.Integer({ minimum: 1, default: 16 }),
      ...samplingFields,
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object({ samples: Artifact("samples", "samples.jsonl: prompt, text, tokens, why it stopped") }),
} satisfies StageSchema;
