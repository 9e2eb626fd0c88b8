import { Type } from "@sinclair/typebox";
import { Artifact } from "../fields.js";
import type { StageSchema } from "../stage.js";
import { samplingFields } from "./common.js";

export const evaluate = {
  summary: "bits per byte beside order-0 entropy and brotli, exact match on questions, samples",
  version: 1,
  usesTensors: true,
  with: Type.Object(
    {
      model: Artifact("model", "the model to measure"),
      text: Type.Array(Artifact("dataset", "held-out text for bits per byte"), { default: [] }),
      questions: Type.Array(Artifact("dataset", "instruction–response rows for exact match"), { default: [] }),
      prompts: Type.Array(Type.String(), { default: [], description: "shown with the model's answer" }),
      chat: Type.Boolean({
        default: true,
        description: "wrap prompts and questions in the chat template; false: continue them as text",
      }),
      limit: Type.Optional(Type.Integer({ minimum: 1, description: "at most so many questions" })),
      batchSize: Type.Integer({ minimum: 1, default: 16, description: "sequences at once" }),
      ...samplingFields,
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object({ evaluation: Artifact("evaluation", "evaluation.json: figures, answers, samples") }),
  metrics: {
    bitsPerByte: "cross-entropy on the held-out text",
    entropyBitsPerByte: "order-0 entropy of the same text",
    brotliBitsPerByte: "the same text, brotli-11",
    exactMatch: "share of questions answered exactly",
    questions: "questions asked",
    questionsTooLong: "questions longer than the model's context, counted as wrong",
    bytes: "bytes of the held-out text",
  },
} satisfies StageSchema;
