import { Type, type Static } from "@sinclair/typebox";
import type { Rule, RuleProblem } from "../stage.js";
import { StringEnum } from "./basic.js";

/** How RoPE is scaled to a context longer than the one it was trained on. */
export const ropeScaling = Type.Object(
  {
    type: StringEnum(["linear", "ntk", "yarn"], {
      description: "linear: divides all angles; ntk: raises ropeTheta; yarn: divides angles of low frequencies only",
    }),
    factor: Type.Number({ minimum: 1, description: "context length ÷ original context length" }),
    originalContextLength: Type.Integer({ minimum: 2, description: "context length without scaling, tokens" }),
  },
  { additionalProperties: false, description: "RoPE scaling to longer contexts; default: no scaling" },
);

export const attentionKinds = ["dense", "local", "sparse"] as const;

/**
 * Architecture: the Qwen3 layout (pre-norm RMSNorm, RoPE, normalized q and k, grouped-query
 * attention, SwiGLU).
 */
export const architecture = Type.Object(
  {
    layers: Type.Integer({ minimum: 1, default: 4, description: "transformer blocks" }),
    hiddenSize: Type.Integer({ minimum: 8, default: 128, description: "size of the hidden states" }),
    heads: Type.Integer({ minimum: 1, default: 4, description: "query heads" }),
    keyValueHeads: Type.Optional(Type.Integer({ minimum: 1, description: "key-value heads; default: heads" })),
    headDim: Type.Optional(
      Type.Integer({ minimum: 2, multipleOf: 2, description: "size of a head; default: hiddenSize / heads" }),
    ),
    intermediateSize: Type.Optional(
      Type.Integer({ minimum: 8, description: "MLP size; default: 8/3 hiddenSize, rounded up to a multiple of 32" }),
    ),
    contextLength: Type.Integer({ minimum: 2, default: 128, description: "maximum sequence length, tokens" }),
    ropeTheta: Type.Number({
      exclusiveMinimum: 1,
      default: 10000,
      description: "base of the rotary position embedding",
    }),
    ropeScaling: Type.Optional(ropeScaling),
    tieEmbeddings: Type.Boolean({ default: true, description: "the output layer shares the embedding matrix" }),
    attention: StringEnum(attentionKinds, {
      default: "dense",
      description:
        "which earlier tokens a token attends to; dense: all; local: a window; sparse: a window and blocks that the model selects",
    }),
    window: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: "local, sparse: size of the attention window in tokens, the token itself included",
      }),
    ),
    sinks: Type.Integer({
      minimum: 0,
      maximum: 64,
      default: 0,
      description: "local: attention sinks, first tokens of a document that all its tokens attend to",
    }),
    blockSize: Type.Integer({
      minimum: 2,
      default: 32,
      description: "sparse: tokens per block, a divisor of window",
    }),
    selectedBlocks: Type.Integer({
      minimum: 1,
      default: 8,
      description: "sparse: number of blocks that a token attends to beyond its window",
    }),
  },
  { additionalProperties: false, default: {}, description: "architecture of the model, in the Qwen3 layout" },
);

/** Fields that belong to a kind of attention. */
export const attentionFields = ["window", "sinks", "blockSize", "selectedBlocks"] as const;
type AttentionField = (typeof attentionFields)[number];

/** Whether such a field has its default value or, without a default, is absent. */
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
    next: "change hiddenSize or heads, or set headDim",
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
    next: `set it to a divisor of ${heads}, or remove it`,
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
    next: "raise ropeScaling.factor, or lower contextLength",
  };
}

function windowIsGiven({ architecture: { attention, window } }: WithArchitecture): RuleProblem | undefined {
  if (attention === "dense" || window !== undefined) return undefined;
  return {
    code: "MISSING_KEY",
    at: ["architecture", "window"],
    message: `is required with attention: ${attention}`,
    next: "add window, in tokens",
  };
}

/** A field of only some kinds of attention. With other kinds, it must keep its default. */
function kindTakes(field: AttentionField, kinds: readonly string[]): Rule<WithArchitecture>[] {
  const check = ({ architecture }: WithArchitecture): RuleProblem | undefined => {
    const kind = architecture.attention;
    if (isDefault(field, architecture[field]) || kinds.includes(kind)) return undefined;
    return {
      code: "NOT_ALLOWED",
      at: ["architecture", field],
      message: `has no effect with attention: ${kind}`,
      next: `remove it, or set attention to ${kinds.join(" or ")}`,
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
