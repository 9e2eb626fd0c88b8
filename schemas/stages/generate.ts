import { Type } from "@sinclair/typebox";
import { Artifact } from "../fields/basic.js";
import { defineStage, metric } from "../stage.js";
import { samplingFields } from "../fields/training.js";

const settings = Type.Object({
  model: Artifact("model", "model that generates"),
  prompts: Type.Array(Type.String({ minLength: 1 }), {
    minItems: 1,
    description: "texts to continue or to respond to",
  }),
  chat: Type.Optional(
    Type.Boolean({
      description:
        "true: wrap each prompt in the chat template; false: continue it as text; default: true if the model has a chat template",
    }),
  ),
  batchSize: Type.Integer({ minimum: 1, default: 16, description: "prompts per batch" }),
  ...samplingFields,
  minP: Type.Number({
    minimum: 0,
    maximum: 1,
    default: 0,
    description: "sample among the tokens with at least this share of the highest probability; 0: off",
  }),
  repetitionPenalty: Type.Number({
    exclusiveMinimum: 0,
    maximum: 10,
    default: 1,
    description: "divides positive logits of tokens that have occurred, and multiplies negative ones; 1: off",
  }),
  stop: Type.Array(Type.String({ minLength: 1 }), {
    default: [],
    maxItems: 16,
    description: "stop sequences: texts that end a response and are not part of it",
  }),
});

export const generate = defineStage({
  summary: "generates completions of prompts, or responses to them",
  example: `
samples:
  uses: generate
  with:
    model: \${{ stages.base.outputs.model }}
    prompts: ["The whale", "Call me"]
    maxNewTokens: 40
    temperature: 0.8
`,
  version: 6,
  with: settings,
  outputs: Type.Object({ samples: Artifact("samples", "samples.jsonl: prompt, text, tokens, stop reason") }),
  metrics: {
    samples: metric("responses", "texts generated"),
    tokens: metric("tokens", "tokens generated"),
    cut: metric("responses", "texts cut at maxNewTokens or at the end of the context"),
  },
  computesWithTensors: true,
  libraries: ["tokenizers"],
});
