import { Type } from "@sinclair/typebox";
import { Artifact } from "../fields.js";
import type { StageSchema } from "../stage.js";
import { samplingFields } from "./common.js";

export const generate = {
  summary: "writes continuations of, or answers to, prompts",
  version: 1,
  usesTensors: true,
  with: Type.Object(
    {
      model: Artifact("model", "the model that writes"),
      prompts: Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description: "what to continue or to answer" }),
      chat: Type.Boolean({
        default: true,
        description: "wrap each prompt in the chat template; false: continue it as text",
      }),
      batchSize: Type.Integer({ minimum: 1, default: 16, description: "prompts at once" }),
      ...samplingFields,
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object({ samples: Artifact("samples", "samples.jsonl: prompt, text, tokens, why it stopped") }),
  metrics: {
    samples: "texts written",
    tokens: "tokens written",
  },
} satisfies StageSchema;
