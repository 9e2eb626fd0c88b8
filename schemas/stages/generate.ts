import { Type } from "@sinclair/typebox";
import { Artifact } from "../fields/basic.js";
import { defineStage, metric } from "../stage.js";
import { samplingFields } from "../fields/training.js";

const settings = Type.Object(
  {
    model: Artifact("model", "the model that writes"),
    prompts: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      description: "what to continue or to respond to",
    }),
    chat: Type.Optional(
      Type.Boolean({
        description:
          "true: wrap each prompt in the chat template; false: continue it as text; default: true where the model has a chat template",
      }),
    ),
    batchSize: Type.Integer({ minimum: 1, default: 16, description: "prompts per batch" }),
    ...samplingFields,
    minP: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0,
      description: "sample among the tokens at least this probable beside the most probable one; 0: off",
    }),
    repetitionPenalty: Type.Number({
      exclusiveMinimum: 0,
      maximum: 10,
      default: 1,
      description: "logits of tokens that have occurred are divided by it where positive, else multiplied; 1: off",
    }),
    stop: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      maxItems: 16,
      description: "texts that end a response; they are not part of it",
    }),
  },
  { additionalProperties: false },
);

export const generate = defineStage({
  summary: "writes continuations of, or responses to, prompts",
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
  rules: [],
  outputs: Type.Object({ samples: Artifact("samples", "samples.jsonl: prompt, text, tokens, why it stopped") }),
  metrics: {
    samples: metric("responses", "texts written"),
    tokens: metric("tokens", "tokens written"),
    cut: metric("responses", "texts that ended at maxNewTokens or the end of the context"),
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
  learnsFrom: {},
});
