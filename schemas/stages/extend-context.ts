import { Type, type Static } from "@sinclair/typebox";
import { Artifact, OneOf } from "../fields/basic.js";
import { defineStage, metric, type RuleProblem } from "../stage.js";
import { memoryFields, optimizerFields } from "../fields/training.js";
import { needle, needleMetrics, needleRules } from "../fields/needle.js";
import { architecture, attentionFields, attentionKinds, isDefault } from "../fields/architecture.js";

const { window, sinks, blockSize, selectedBlocks } = architecture.properties;

const step = Type.Object(
  {
    contextLength: Type.Integer({ minimum: 2, description: "longest sequence from here on, tokens" }),
    steps: Type.Integer({ minimum: 0, description: "optimizer updates at this context" }),
    batchSize: Type.Optional(Type.Integer({ minimum: 1, description: "sequences a step; default: that of the stage" })),
    learningRate: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 10, description: "highest; default: that of the stage" }),
    ),
  },
  { additionalProperties: false },
);

const settings = Type.Object(
  {
    model: Artifact("model", "the model to extend"),
    tokens: Artifact("tokens", "long documents to continue training on"),
    heldOut: Type.Optional(Artifact("tokens", "what to measure on, and the text that needles are hidden in")),
    steps: Type.Array(step, { minItems: 1, description: "contexts one after another, each trained and measured" }),
    ropeScaling: OneOf(["none", "linear", "ntk", "yarn"], {
      default: "yarn",
      description: "how RoPE is scaled to each context; none: it continues beyond the learned angles",
    }),
    attention: Type.Optional(
      OneOf(attentionKinds, { description: "of all layers from here on; absent: the model's own" }),
    ),
    window,
    sinks,
    blockSize,
    selectedBlocks,
    needle: Type.Optional(needle),
    batchSize: Type.Integer({ minimum: 1, default: 4, description: "sequences a step, before accumulation" }),
    ...memoryFields,
    ...optimizerFields,
    learningRate: Type.Number({
      exclusiveMinimum: 0,
      maximum: 10,
      default: 3e-4,
      description: "highest, after the warm-up; each context begins its schedule anew",
    }),
  },
  { additionalProperties: false },
);
type Settings = Static<typeof settings>;

export const extendContext = defineStage({
  summary:
    "makes a model read longer sequences: RoPE scaled, attention changed, training on long documents, context by context",
  example: `
long:
  uses: extend-context
  with:
    model: \${{ stages.base.outputs.model }}
    tokens: \${{ stages.tokens.outputs.tokens }}
    ropeScaling: yarn
    steps:
      - { contextLength: 128, steps: 20 }
      - { contextLength: 256, steps: 10, batchSize: 2 }
`,
  version: 4,
  with: settings,
  rules: [
    { fields: ["steps"], check: contextsGrow },
    { fields: ["steps", "warmupSteps"], check: warmupFits },
    { fields: ["steps", "learningRate", "minimumLearningRate"], check: minimumBelowEach },
    { fields: ["steps", "needle.lengths"], check: needlesFit },
    { fields: [], check: needleHasText },
    { fields: ["attention"], check: attentionIsWhole },
    ...needleRules,
  ],
  outputs: Type.Object({
    model: Artifact("model", "the extended model"),
    evaluation: Artifact("evaluation", "evaluation.json: metrics after each context"),
  }),
  metrics: {
    contextLength: metric("tokens", "longest sequence"),
    loss: metric("nats/token", "training loss of the last steps at the last context; absent without steps there"),
    ...needleMetrics,
    earlyBitsPerByte: metric("bits/byte", "held-out text at the last context, over its first half"),
    lateBitsPerByte: metric("bits/byte", "over its second half"),
    steps: metric("steps", "updates made"),
    tokens: metric("tokens", "tokens seen"),
    newParameters: metric("parameters", "weights that the model did not have before"),
    fullSequences: metric("share", "share of the tokens that stand in sequences as long as the last context"),
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
  learnsFrom: { model: ["model", "tokens"] },
});

function contextsGrow({ steps }: Settings): RuleProblem | undefined {
  const index = steps.findIndex(({ contextLength }, i) => i > 0 && contextLength <= steps[i - 1]!.contextLength);
  if (index < 0) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["steps", index, "contextLength"],
    message: `must be > the one before (${steps[index - 1]!.contextLength}), got ${steps[index]!.contextLength}`,
    next: "order the steps by contextLength",
  };
}

function warmupFits({ steps, warmupSteps }: Settings): RuleProblem | undefined {
  const index = steps.findIndex((step) => step.steps > 0 && warmupSteps > step.steps);
  if (index < 0) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["warmupSteps"],
    message: `must be <= steps[${index}].steps (${steps[index]!.steps}), got ${warmupSteps}`,
    next: "lower warmupSteps, or raise steps",
  };
}

function minimumBelowEach({ steps, learningRate, minimumLearningRate }: Settings): RuleProblem | undefined {
  const least = steps.reduce((rate, step) => Math.min(rate, step.learningRate ?? learningRate), Infinity);
  if (minimumLearningRate <= least) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["minimumLearningRate"],
    message: `must be <= every learningRate (${least}), got ${minimumLearningRate}`,
    next: "lower minimumLearningRate, or raise learningRate",
  };
}

/** After each context those lengths are tried that it holds. */
function needlesFit({ steps, needle }: Settings): RuleProblem | undefined {
  const last = steps.at(-1)!.contextLength;
  const index = needle?.lengths?.findIndex((length) => length > last) ?? -1;
  if (index < 0) return undefined;
  return {
    code: "CONTEXT_EXCEEDED",
    at: ["needle", "lengths", index],
    message: `must be <= the last context (${last}), got ${needle!.lengths![index]}`,
    next: "lower the length, or add a step",
  };
}

function needleHasText({ needle, heldOut }: Settings): RuleProblem | undefined {
  if (needle === undefined || heldOut !== undefined) return undefined;
  return {
    code: "MISSING_KEY",
    at: ["needle"],
    message: "needs heldOut, the text that needles are hidden in",
    next: "add heldOut",
  };
}

/** What belongs to a kind of attention stands beside it. */
function attentionIsWhole(settings: Settings): RuleProblem | undefined {
  const { attention, window } = settings;
  if (attention !== undefined && attention !== "dense") {
    if (window !== undefined) return undefined;
    const message = `needs window with ${attention}`;
    return { code: "MISSING_KEY", at: ["attention"], message, next: "give window, in tokens" };
  }
  const field = attentionFields.find((name) => !isDefault(name, settings[name]));
  if (field === undefined) return undefined;
  const next = `remove ${field}, or set attention to a kind that has it`;
  return {
    code: "NOT_ALLOWED",
    at: [field],
    message: `has no meaning with attention: ${attention ?? "unchanged"}`,
    next,
  };
}
