import { Type } from "@sinclair/typebox";
import { Artifact } from "../fields.js";
import type { StageSchema } from "../stage.js";
import { samplingFields } from "./common.js";
import { needle } from "./needle.js";
import { judge, judgeMetrics, verifier, verifierMetrics } from "./scoring.js";

export const evaluate = {
  summary: "bits per byte, accuracy and pass@k, win rate over another model, KL to a reference, forgetting",
  version: 4,
  usesTensors: true,
  with: Type.Object(
    {
      model: Artifact("model", "the model to measure"),
      text: Type.Array(Artifact("dataset", "held-out text for bits per byte"), { default: [] }),
      // Without a default: a field more would change the keys of evaluations that there are.
      byPosition: Type.Optional(
        Type.Boolean({ description: "also the text's bits per byte by the position in the context" }),
      ),
      needle: Type.Optional(needle),
      questions: Type.Array(Artifact("dataset", "instruction–response rows to answer"), { default: [] }),
      verifiers: Type.Array(verifier, {
        default: [],
        description: "what makes an answer right, by the row's task; default: exact match",
      }),
      samples: Type.Integer({ minimum: 1, default: 1, description: "answers to each question" }),
      passAt: Type.Array(Type.Integer({ minimum: 1 }), {
        default: [],
        description: "k of pass@k: the chance that one of k answers is right",
      }),
      against: Type.Optional(Artifact("model", "another model, for the win rate over it")),
      judge: Type.Optional(judge),
      comparisons: Type.Array(Artifact("dataset", "instruction or preference rows whose prompts both models answer"), {
        default: [],
        description: "rows whose prompts both models answer; default: the questions",
      }),
      reference: Type.Optional(Artifact("model", "for the KL divergence from it, on the model's own answers")),
      baseline: Type.Optional(Artifact("evaluation", "an earlier evaluation, for what was forgotten since")),
      prompts: Type.Array(Type.String(), { default: [], description: "shown with the model's answer" }),
      chat: Type.Boolean({
        default: true,
        description: "wrap prompts and questions in the chat template; false: continue them as text",
      }),
      limit: Type.Optional(
        Type.Integer({ minimum: 1, description: "at most so many questions, and so many comparisons" }),
      ),
      batchSize: Type.Integer({ minimum: 1, default: 16, description: "sequences at once" }),
      ...samplingFields,
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object({
    evaluation: Artifact("evaluation", "evaluation.json: figures, also by task, answers, samples"),
  }),
  // The most telling first: a line shows only some.
  metrics: {
    accuracy: "share of answers that are right: a score above 0 by the verifiers, else an exact match",
    passAt: "pass@k of the largest k, unbiased; the others are in evaluation.json",
    winRate: "share of prompts on which the judge prefers the model to `against`; ties count half",
    winRateLow: "lower end of its 95 % interval",
    winRateHigh: "upper end of its 95 % interval",
    kl: "KL divergence from the reference, nats an answer",
    klError: "its standard error",
    bitsPerByte: "cross-entropy on the held-out text",
    forgetting: "relative growth of bits per byte since the baseline; 0.1: 10 % more",
    accuracyChange: "accuracy minus the baseline's",
    needlesFound: "share of needles found, all lengths and depths",
    needlesFoundLongest: "the same at the greatest length",
    earlyBitsPerByte: "on the text, over the first half of the context",
    lateBitsPerByte: "over its second half",
    entropyBitsPerByte: "order-0 entropy of the same text",
    brotliBitsPerByte: "the same text, brotli-11",
    exactMatch: "share of answers that equal the reference but for case and white space",
    meanScore: "mean of the verifiers' scores",
    questions: "questions asked",
    questionsTooLong: "questions longer than the model's context, counted as wrong",
    ties: "prompts on which the judge prefers neither",
    comparisons: "prompts that both models answered",
    comparisonsTooLong: "prompts left out because they are longer than a model's context",
    bytes: "bytes of the held-out text",
    ...verifierMetrics,
    ...judgeMetrics,
  },
} satisfies StageSchema;
