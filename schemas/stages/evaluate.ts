import { Type, type Static } from "@sinclair/typebox";
import { Artifact, Dataset, Measured } from "../fields/basic.js";
import { defineStage, metric, type RuleProblem } from "../stage.js";
import { samplingFields } from "../fields/training.js";
import { needle, needleMetrics, needleRules } from "../fields/needle.js";
import {
  judge,
  judgeMetrics,
  verifier,
  verifierMetrics,
  judgeRules,
  modulesRead,
  modulesRun,
  patternProblem,
  verifierRules,
} from "../fields/scoring.js";

const settings = Type.Object({
  model: Artifact("model", "model to evaluate"),
  text: Type.Array(Measured(Artifact("dataset", "held-out text for bits per byte")), { default: [] }),
  compressorReads: Type.Array(
    Artifact("dataset", "text that the compressor (brotli) reads first: the model's training text"),
    {
      default: [],
      description: "training text for brotli, read before the held-out text (at most the last 64 MiB); default: none",
    },
  ),
  byPosition: Type.Boolean({
    default: false,
    description: "also measure the text's bits per byte by position in the context",
  }),
  needle: Type.Optional(needle),
  questions: Type.Array(Measured(Dataset(["instruction"], "instruction–response rows to respond to")), { default: [] }),
  verifiers: Type.Array(verifier, {
    default: [],
    description: "rules that decide whether a response is right, by the row's task; default: exact match",
  }),
  samples: Type.Integer({ minimum: 1, default: 1, description: "responses per question" }),
  reasoningPattern: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        "regular expression that matches step-by-step responses; measures their share, and accuracy with and without",
    }),
  ),
  passAt: Type.Array(Type.Integer({ minimum: 1 }), {
    default: [],
    description: "values of k for pass@k, the chance that at least one of k responses is right",
  }),
  against: Type.Optional(Artifact("model", "other model, for the win rate over it")),
  judge: Type.Optional(judge),
  comparisons: Type.Array(
    Measured(
      Dataset(["instruction", "preference"], "instruction or preference rows, whose prompts both models respond to"),
    ),
    {
      default: [],
      description: "rows whose prompts both models respond to; default: the questions",
    },
  ),
  byEntity: Type.Boolean({
    default: false,
    description: "confidence intervals by bootstrap over `entity`, whose rows are correlated; default: over rows",
  }),
  reference: Type.Optional(Artifact("model", "reference model, for the KL divergence on the model's responses")),
  baseline: Type.Optional(Artifact("evaluation", "earlier evaluation, for measuring forgetting")),
  prompts: Type.Array(Type.String(), { default: [], description: "prompts whose responses are shown, not scored" }),
  chat: Type.Optional(
    Type.Boolean({
      description:
        "true: wrap prompts and questions in the chat template; false: continue them as text; default: true for each model that has a chat template",
    }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, description: "maximum number of questions, and of comparisons" })),
  contaminationLimits: Type.Object(
    {
      rows: Type.Number({
        minimum: 0,
        maximum: 1,
        default: 0,
        description: "maximum share of rows of text, questions or comparisons found in the model's training data",
      }),
      grams: Type.Number({
        minimum: 0,
        maximum: 1,
        default: 0.01,
        description: "maximum share of their word 13-grams that occur there",
      }),
    },
    { additionalProperties: false, default: {}, description: "contamination above these limits causes a warning" },
  ),
  batchSize: Type.Integer({ minimum: 1, default: 16, description: "sequences per batch" }),
  ...samplingFields,
});
type Settings = Static<typeof settings>;

export const evaluate = defineStage({
  summary: "measures bits per byte, accuracy, pass@k, win rate over another model, KL divergence and forgetting",
  example: `
score:
  uses: evaluate
  with:
    model: \${{ stages.reasoned.outputs.model }}
    text: ["\${{ stages.text.outputs.heldOut }}"]
    questions: ["\${{ stages.questions.outputs.heldOut }}"]
    verifiers: [{ kind: number }]
    against: \${{ stages.chat.outputs.model }}
    judge: { kind: rewardModel, rewardModel: "\${{ stages.scorer.outputs.rewardModel }}" }
    maxNewTokens: 16
`,
  version: 9,
  with: settings,
  rules: [
    ...verifierRules,
    ...judgeRules,
    { fields: ["passAt", "samples"], check: enoughSamples },
    { fields: ["samples", "temperature"], check: samplesDiffer },
    { fields: [], check: questionsForAccuracy },
    { fields: [], check: rowsWithEntity },
    {
      fields: ["reasoningPattern"],
      check: ({ reasoningPattern }) => patternProblem(reasoningPattern, ["reasoningPattern"]),
    },
    { fields: [], check: judgeWithOther },
    { fields: [], check: promptsToRespondTo },
    { fields: ["temperature", "topK", "topP"], check: wholeDistribution },
    { fields: [], check: baselineMeasured },
    { fields: [], check: textToRead },
    ...needleRules,
  ],
  outputs: Type.Object({
    evaluation: Artifact("evaluation", "evaluation.json: metrics (also by task), responses, samples"),
  }),
  // The most informative first: a line shows only some.
  metrics: {
    accuracy: metric(
      "share",
      "share of right responses: a verifier's score above 0 or, without verifiers, an exact match",
    ),
    accuracyLow: metric("share", "lower bound of its 95 % confidence interval"),
    accuracyHigh: metric("share", "upper bound of its 95 % confidence interval"),
    reasoningShare: metric("share", "share of responses that match reasoningPattern"),
    reasoningShareLow: metric("share", "lower bound of its 95 % confidence interval"),
    reasoningShareHigh: metric("share", "upper bound of its 95 % confidence interval"),
    accuracyWithReasoning: metric("share", "accuracy of the responses that match it; absent if none does"),
    accuracyWithReasoningLow: metric("share", "lower bound of its 95 % confidence interval"),
    accuracyWithReasoningHigh: metric("share", "upper bound of its 95 % confidence interval"),
    accuracyWithoutReasoning: metric("share", "accuracy of the responses that do not match it; absent if all do"),
    accuracyWithoutReasoningLow: metric("share", "lower bound of its 95 % confidence interval"),
    accuracyWithoutReasoningHigh: metric("share", "upper bound of its 95 % confidence interval"),
    passAt: metric("share", "unbiased pass@k of the largest k; the others are in evaluation.json"),
    passAtLow: metric("share", "lower bound of its 95 % confidence interval"),
    passAtHigh: metric("share", "upper bound of its 95 % confidence interval"),
    winRate: metric("share", "share of prompts on which the judge prefers the model to `against`; ties count half"),
    winRateLow: metric("share", "lower bound of its 95 % confidence interval"),
    winRateHigh: metric("share", "upper bound of its 95 % confidence interval"),
    lengthAgreement: metric(
      "share",
      "share of the judge's decisions that length alone explains: the longer response wins, equal lengths count half",
    ),
    lengthWinRate: metric("share", "win rate if the longer response were always preferred"),
    kl: metric("nats/response", "KL divergence from the reference"),
    klError: metric("nats/response", "standard error of kl over questions; absent if there is only one question"),
    bitsPerByte: metric("bits/byte", "bits per byte (cross-entropy) on the held-out text"),
    forgetting: metric("share", "relative increase of bits per byte over the baseline; 0.1: 10 % more"),
    accuracyChange: metric("share", "accuracy minus the baseline's"),
    ...needleMetrics,
    earlyBitsPerByte: metric("bits/byte", "bits per byte over the first half of the context"),
    lateBitsPerByte: metric("bits/byte", "bits per byte over the second half of the context"),
    entropyBitsPerByte: metric("bits/byte", "order-0 entropy of the held-out text"),
    brotliBitsPerByte: metric("bits/byte", "brotli-11 on the held-out text, without the training text"),
    brotliTrainedBitsPerByte: metric("bits/byte", "brotli-11 on the held-out text, after it has read compressorReads"),
    exactMatch: metric("share", "share of responses that equal the reference except for case and white space"),
    meanScore: metric("1", "mean of the verifiers' scores; 0 for a question that is too long"),
    questions: metric("prompts", "questions that the model responded to"),
    questionsTooLong: metric("prompts", "questions longer than the model's context, counted as wrong"),
    ties: metric("prompts", "prompts on which the judge prefers neither response"),
    comparisons: metric("prompts", "prompts that both models responded to"),
    comparisonsTooLong: metric("prompts", "prompts left out because they are longer than a model's context"),
    bytes: metric("bytes", "bytes of the held-out text"),
    contaminatedRows: metric("share", "share of the rows measured on that occur in the model's training data"),
    contaminatedGrams: metric(
      "share",
      "share of their word 13-grams that occur there; both are absent if the training data are unknown",
    ),
    ...verifierMetrics,
    ...judgeMetrics,
  },
  computesWithTensors: true,
  libraries: ["tokenizers", "quickjs", "re2js", "brotli", "unicode"],
  reads: (settings: Settings) => [
    ...modulesRead(settings),
    ...(isComparedWithTraining(settings)
      ? [{ where: "with.model (its training data)", lineageModel: settings.model }]
      : []),
  ],
  runsCode: modulesRun,
});

/** Whether there are held-out rows, which may occur in the model's training data. */
function isComparedWithTraining({ text, questions, comparisons }: Settings): boolean {
  return text.length + questions.length + comparisons.length > 0;
}

function enoughSamples({ passAt, samples }: Settings): RuleProblem | undefined {
  const index = passAt.findIndex((k) => k > samples);
  if (index < 0) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["passAt", index],
    message: `must be <= samples (${samples}), got ${passAt[index]}`,
    next: `set samples to ${passAt.reduce((most, k) => Math.max(most, k))} or more`,
  };
}

function samplesDiffer({ samples, temperature }: Settings): RuleProblem | undefined {
  if (samples === 1 || temperature > 0) return undefined;
  return {
    code: "NOT_ALLOWED",
    at: ["samples"],
    message: `must be 1 at temperature 0, because all responses are then the same, got ${samples}`,
    next: "set temperature above 0",
  };
}

function questionsForAccuracy(settings: Settings): RuleProblem | undefined {
  const { questions, verifiers, reasoningPattern, passAt, samples } = settings;
  const given = {
    verifiers: verifiers.length > 0,
    reasoningPattern: reasoningPattern !== undefined,
    passAt: passAt.length > 0,
    samples: samples > 1,
  };
  const field = (Object.keys(given) as (keyof typeof given)[]).find((name) => given[name]);
  if (field === undefined || questions.length > 0) return undefined;
  return {
    code: "NOT_ALLOWED",
    at: [field],
    message: "requires questions",
    next: `add questions, or remove ${field}`,
  };
}

function rowsWithEntity({ byEntity, questions, comparisons }: Settings): RuleProblem | undefined {
  if (!byEntity || questions.length > 0 || comparisons.length > 0) return undefined;
  return {
    code: "MISSING_KEY",
    at: ["byEntity"],
    message: "needs rows that have an entity",
    next: "add questions or comparisons, or remove byEntity",
  };
}

function judgeWithOther({ against, judge, comparisons }: Settings): RuleProblem | undefined {
  if (against !== undefined && judge === undefined)
    return {
      code: "MISSING_KEY",
      at: ["against"],
      message: "needs judge, which decides whose response is better",
      next: "add judge, for example { kind: length }",
    };
  const field = judge !== undefined ? "judge" : comparisons.length > 0 ? "comparisons" : undefined;
  if (field === undefined || against !== undefined) return undefined;
  return { code: "NOT_ALLOWED", at: [field], message: "requires against", next: `add against, or remove ${field}` };
}

function promptsToRespondTo(settings: Settings): RuleProblem | undefined {
  const { questions, comparisons, against, reference } = settings;
  const field = against !== undefined ? "against" : reference !== undefined ? "reference" : undefined;
  if (field === undefined || questions.length > 0 || comparisons.length > 0) return undefined;
  return {
    code: "MISSING_KEY",
    at: [field],
    message: "needs prompts to respond to",
    next: field === "against" ? "add comparisons or questions" : "add questions",
  };
}

/** The reference's probabilities are those of the whole softmax at the temperature. */
function wholeDistribution({ reference, temperature, topK, topP }: Settings): RuleProblem | undefined {
  if (reference === undefined || (temperature > 0 && topK === 0 && topP === 1)) return undefined;
  const field = temperature === 0 ? "temperature" : topK > 0 ? "topK" : "topP";
  return {
    code: "NOT_ALLOWED",
    at: [field],
    message: "must let every token be sampled, because reference is set (KL divergence)",
    next: "set temperature to 1, topK to 0 and topP to 1, or measure the KL divergence in a separate stage",
  };
}

function baselineMeasured({ baseline, text, questions }: Settings): RuleProblem | undefined {
  if (baseline === undefined || text.length > 0 || questions.length > 0) return undefined;
  return {
    code: "MISSING_KEY",
    at: ["baseline"],
    message: "needs the data that it measured: text or questions",
    next: "add the text and the questions of the stage that the baseline comes from",
  };
}

function textToRead({ byPosition, needle, compressorReads, text }: Settings): RuleProblem | undefined {
  if (text.length > 0) return undefined;
  const field =
    needle !== undefined
      ? "needle"
      : byPosition
        ? "byPosition"
        : compressorReads.length > 0
          ? "compressorReads"
          : undefined;
  if (field === undefined) return undefined;
  return {
    code: "MISSING_KEY",
    at: [field],
    message: "needs text",
    next: field === "compressorReads" ? "add text" : "add text, with documents as long as the context",
  };
}
