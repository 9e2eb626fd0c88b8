import { Type, type Static } from "@sinclair/typebox";
import { Artifact, HeldOut, StringEnum } from "../fields/basic.js";
import { defineStage, metric, type RuleProblem } from "../stage.js";
import { memoryFields, optimizerFields } from "../fields/training.js";
import { needle, needleMetrics, needleRules } from "../fields/needle.js";
import { architecture, attentionFields, attentionKinds, isDefault } from "../fields/architecture.js";

const { window, sinks, blockSize, selectedBlocks } = architecture.properties;

const step = Type.Object(
  {
    contextLength: Type.Integer({ minimum: 2, description: "context length of this step, tokens" }),
    steps: Type.Integer({ minimum: 0, description: "optimizer steps at this context length" }),
    batchSize: Type.Optional(
      Type.Integer({ minimum: 1, description: "sequences per micro-batch; default: the stage's" }),
    ),
    learningRate: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 10, description: "peak learning rate; default: the stage's" }),
    ),
  },
  { additionalProperties: false },
);

const settings = Type.Object({
  model: Artifact("model", "model to extend"),
  tokens: Artifact("tokens", "long documents to continue training on"),
  heldOut: Type.Optional(HeldOut(Artifact("tokens", "held-out text, for measuring and for hiding needles"))),
  steps: Type.Array(step, { minItems: 1, description: "context lengths, each trained and then measured" }),
  ropeScaling: StringEnum(["none", "linear", "ntk", "yarn"], {
    default: "yarn",
    description: "RoPE scaling at each context length; none: extrapolates beyond the trained angles",
  }),
  attention: Type.Optional(
    StringEnum(attentionKinds, { description: "attention of all layers; default: the model's own" }),
  ),
  window,
  sinks,
  blockSize,
  selectedBlocks,
  needle: Type.Optional(needle),
  batchSize: Type.Integer({ minimum: 1, default: 4, description: "sequences per micro-batch" }),
  ...memoryFields,
  ...optimizerFields,
  learningRate: Type.Number({
    exclusiveMinimum: 0,
    maximum: 10,
    default: 3e-4,
    description: "peak learning rate, after the warm-up; the schedule restarts at each context length",
  }),
});
type Settings = Static<typeof settings>;

export const extendContext = defineStage({
  summary:
    "extends a model's context: scales RoPE, changes attention if set, and trains on long documents at growing context lengths",
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
    contextLength: metric("tokens", "final context length"),
    loss: metric("nats/token", "training loss of the last steps at the last context length; absent without steps"),
    ...needleMetrics,
    earlyBitsPerByte: metric("bits/byte", "held-out bits per byte at the last context length, over its first half"),
    lateBitsPerByte: metric("bits/byte", "held-out bits per byte over its second half"),
    steps: metric("steps", "optimizer steps"),
    tokens: metric("tokens", "tokens trained on"),
    newParameters: metric("parameters", "parameters added to the model"),
    fullSequences: metric("share", "share of the tokens in sequences as long as the last context length"),
  },
  computesWithTensors: true,
  libraries: ["tokenizers"],
  heldOutOf: "tokens",
  learnsFrom: { model: ["model", "tokens"] },
});

function contextsGrow({ steps }: Settings): RuleProblem | undefined {
  const index = steps.findIndex(({ contextLength }, i) => i > 0 && contextLength <= steps[i - 1]!.contextLength);
  if (index < 0) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["steps", index, "contextLength"],
    message: `must be > the previous one (${steps[index - 1]!.contextLength}), got ${steps[index]!.contextLength}`,
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

/** After each context length, the needle lengths that fit into it are measured. */
function needlesFit({ steps, needle }: Settings): RuleProblem | undefined {
  const last = steps.at(-1)!.contextLength;
  const index = needle?.lengths?.findIndex((length) => length > last) ?? -1;
  if (index < 0) return undefined;
  return {
    code: "CONTEXT_EXCEEDED",
    at: ["needle", "lengths", index],
    message: `must be <= the last contextLength (${last}), got ${needle!.lengths![index]}`,
    next: "lower the length, or add a step",
  };
}

function needleHasText({ needle, heldOut }: Settings): RuleProblem | undefined {
  if (needle === undefined || heldOut !== undefined) return undefined;
  return {
    code: "MISSING_KEY",
    at: ["needle"],
    message: "needs heldOut, the text in which needles are hidden",
    next: "add heldOut",
  };
}

/** A kind of attention and its settings are set together. */
function attentionIsWhole(settings: Settings): RuleProblem | undefined {
  const { attention, window } = settings;
  if (attention !== undefined && attention !== "dense") {
    if (window !== undefined) return undefined;
    const message = `needs window with ${attention}`;
    return { code: "MISSING_KEY", at: ["attention"], message, next: "add window, in tokens" };
  }
  const field = attentionFields.find((name) => !isDefault(name, settings[name]));
  if (field === undefined) return undefined;
  const next = `remove ${field}, or set attention to a kind that has it`;
  return {
    code: "NOT_ALLOWED",
    at: [field],
    message: `has no effect with attention: ${attention ?? "unchanged"}`,
    next,
  };
}
