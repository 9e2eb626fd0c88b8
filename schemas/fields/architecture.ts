import { Type, type Static } from "@sinclair/typebox";
import type { Rule, RuleProblem } from "../stage.js";
import { OneOf } from "./basic.js";

/** How RoPE is stretched to a context longer than the one it was trained on. */
export const ropeScaling = Type.Object(
  {
    type: OneOf(["linear", "ntk", "yarn"], {
      description:
        "linear: all angles divided; ntk: a larger ropeTheta; yarn: slow pairs divided, fast ones left alone",
    }),
    factor: Type.Number({ minimum: 1, description: "longest sequence ÷ the original one" }),
    originalContextLength: Type.Integer({ minimum: 2, description: "longest sequence without scaling, tokens" }),
  },
  { additionalProperties: false, description: "RoPE scaled to longer sequences; absent: not scaled" },
);

export const attentionKinds = ["dense", "local", "sparse"] as const;

/** Architecture: the Qwen3 layout (pre-norm RMSNorm, RoPE, normalized q and k, grouped-query attention, SwiGLU). */
export const architecture = Type.Object(
  {
    layers: Type.Integer({ minimum: 1, default: 4, description: "transformer blocks" }),
    hiddenSize: Type.Integer({ minimum: 8, default: 128, description: "size of the hidden states" }),
    heads: Type.Integer({ minimum: 1, default: 4, description: "query heads" }),
    keyValueHeads: Type.Optional(Type.Integer({ minimum: 1, description: "default: heads" })),
    headDim: Type.Optional(Type.Integer({ minimum: 2, multipleOf: 2, description: "default: hiddenSize / heads" })),
    intermediateSize: Type.Optional(
      Type.Integer({ minimum: 8, description: "default: 8/3 hiddenSize, rounded up to a multiple of 32" }),
    ),
    contextLength: Type.Integer({ minimum: 2, default: 128, description: "longest sequence, tokens" }),
    ropeTheta: Type.Number({
      exclusiveMinimum: 1,
      default: 10000,
      description: "base of the rotary position embedding",
    }),
    ropeScaling: Type.Optional(ropeScaling),
    tieEmbeddings: Type.Boolean({ default: true, description: "the output layer is the embedding matrix" }),
    attention: OneOf(attentionKinds, {
      default: "dense",
      description:
        "what a token sees of the tokens before it; dense: all; local: a window; sparse: a window, and blocks that the model selects",
    }),
    window: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: "local, sparse: tokens that a token sees, itself and those right before it",
      }),
    ),
    sinks: Type.Integer({
      minimum: 0,
      maximum: 64,
      default: 0,
      description: "local: first tokens of a document that all its tokens see",
    }),
    blockSize: Type.Integer({
      minimum: 2,
      default: 32,
      description: "sparse: tokens of a block, a divisor of window",
    }),
    selectedBlocks: Type.Integer({
      minimum: 1,
      default: 8,
      description: "sparse: blocks that a token sees beyond its window",
    }),
  },
  { additionalProperties: false, default: {}, description: "architecture of the model; Qwen3 layout" },
);

/** Fields that belong to a kind of attention. */
export const attentionFields = ["window", "sinks", "blockSize", "selectedBlocks"] as const;
type AttentionField = (typeof attentionFields)[number];

/** Whether such a field has its default value; a field without a default: whether it is absent. */
export const isDefault = (field: AttentionField, value: number | undefined): boolean =>
  value === architecture.properties[field].default;

interface WithArchitecture {
  architecture: Static<typeof architecture>;
}

/** Conditions on `architecture`. */
export const architectureRules: readonly Rule<WithArchitecture>[] = [
  { fields: ["architecture.hiddenSize", "architecture.heads", "architecture.headDim"], check: headsDivideHiddenSize },
  { fields: ["architecture.heads", "architecture.keyValueHeads"], check: keyValueHeadsDivideHeads },
  { fields: ["architecture.contextLength", "architecture.ropeScaling"], check: contextFitsScaledRope },
  { fields: ["architecture.attention", "architecture.window"], check: windowIsGiven },
  ...kindTakes("window", ["local", "sparse"]),
  ...kindTakes("sinks", ["local"]),
  ...kindTakes("blockSize", ["sparse"]),
  ...kindTakes("selectedBlocks", ["sparse"]),
  {
    fields: ["architecture.attention", "architecture.window", "architecture.blockSize"],
    check: blocksDivideWindow,
  },
];

function headsDivideHiddenSize({
  architecture: { hiddenSize, heads, headDim },
}: WithArchitecture): RuleProblem | undefined {
  if (headDim !== undefined || (hiddenSize % heads === 0 && (hiddenSize / heads) % 2 === 0)) return undefined;
  return {
    code: "NOT_ALLOWED",
    at: ["architecture", "heads"],
    message: `must divide hiddenSize into even parts (hiddenSize ${hiddenSize} / heads ${heads} = ${Number((hiddenSize / heads).toFixed(3))})`,
    next: "change hiddenSize or heads, or give headDim",
  };
}

function keyValueHeadsDivideHeads({
  architecture: { heads, keyValueHeads },
}: WithArchitecture): RuleProblem | undefined {
  if (keyValueHeads === undefined || heads % keyValueHeads === 0) return undefined;
  return {
    code: "NOT_ALLOWED",
    at: ["architecture", "keyValueHeads"],
    message: `must divide heads (${heads}), got ${keyValueHeads}`,
    next: `give a divisor of ${heads}, or leave it out`,
  };
}

function contextFitsScaledRope({
  architecture: { contextLength, ropeScaling },
}: WithArchitecture): RuleProblem | undefined {
  if (!ropeScaling || contextLength <= ropeScaling.factor * ropeScaling.originalContextLength) return undefined;
  const { factor, originalContextLength } = ropeScaling;
  return {
    code: "CONTEXT_EXCEEDED",
    at: ["architecture", "contextLength"],
    message: `must be <= ropeScaling's factor · originalContextLength (${factor} · ${originalContextLength} = ${Math.floor(factor * originalContextLength)}), got ${contextLength}`,
    next: "raise ropeScaling.factor, or lower context",
  };
}

function windowIsGiven({ architecture: { attention, window } }: WithArchitecture): RuleProblem | undefined {
  if (attention === "dense" || window !== undefined) return undefined;
  return {
    code: "MISSING_KEY",
    at: ["architecture", "window"],
    message: `must be given with attention: ${attention}`,
    next: "give window, in tokens",
  };
}

/** A field that only some kinds of attention take; with the others it stays at its default. */
function kindTakes(field: AttentionField, kinds: readonly string[]): Rule<WithArchitecture>[] {
  const check = ({ architecture }: WithArchitecture): RuleProblem | undefined => {
    const kind = architecture.attention;
    if (isDefault(field, architecture[field]) || kinds.includes(kind)) return undefined;
    return {
      code: "NOT_ALLOWED",
      at: ["architecture", field],
      message: `has no meaning with attention: ${kind}`,
      next: `leave it out, or give attention: ${kinds.join(" or ")}`,
    };
  };
  return [{ fields: ["architecture.attention", `architecture.${field}`], check }];
}

function blocksDivideWindow({
  architecture: { attention, window, blockSize },
}: WithArchitecture): RuleProblem | undefined {
  if (attention !== "sparse" || window === undefined || window % blockSize === 0) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["architecture", "window"],
    message: `must be a multiple of blockSize (${blockSize}), got ${window}`,
    next: "change window or blockSize",
  };
}
