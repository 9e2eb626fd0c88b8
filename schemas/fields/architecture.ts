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
  { additionalProperties: false, description: "RoPE stretched to longer sequences; absent: as it is" },
);

export const attentionKinds = ["dense", "local", "sparse"] as const;

/** Architecture: the Qwen3 layout (pre-norm RMSNorm, RoPE, normalised q and k, grouped-query attention, SwiGLU). */
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
    // Without defaults of their own: a field more would change the keys of the stages that there are.
    attention: Type.Optional(
      OneOf(attentionKinds, {
        description:
          "what a token sees of the tokens before it; dense (the default): all; local: a window; sparse: a window, and blocks that the model selects",
      }),
    ),
    window: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: "local, sparse: tokens that a token sees, itself and those right before it",
      }),
    ),
    sinks: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 64,
        description: "local: first tokens of a document that all its tokens see; default: 0",
      }),
    ),
    blockSize: Type.Optional(
      Type.Integer({ minimum: 2, description: "sparse: tokens of a block, a divisor of window; default: 32" }),
    ),
    selectedBlocks: Type.Optional(
      Type.Integer({ minimum: 1, description: "sparse: blocks that a token sees beyond its window; default: 8" }),
    ),
  },
  { additionalProperties: false, default: {}, description: "architecture of the model; Qwen3 layout" },
);

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

function windowIsGiven({ architecture: { attention = "dense", window } }: WithArchitecture): RuleProblem | undefined {
  if (attention === "dense" || window !== undefined) return undefined;
  return {
    code: "MISSING_KEY",
    at: ["architecture", "window"],
    message: `must be given with attention: ${attention}`,
    next: "give window, in tokens",
  };
}

/** A field that only some kinds of attention take. */
function kindTakes(
  field: "window" | "sinks" | "blockSize" | "selectedBlocks",
  kinds: readonly string[],
): Rule<WithArchitecture>[] {
  const check = ({ architecture }: WithArchitecture): RuleProblem | undefined => {
    const kind = architecture.attention ?? "dense";
    if (architecture[field] === undefined || kinds.includes(kind)) return undefined;
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
  architecture: { attention, window, blockSize = 32 },
}: WithArchitecture): RuleProblem | undefined {
  if (attention !== "sparse" || window === undefined || window % blockSize === 0) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["architecture", "window"],
    message: `must be a multiple of blockSize (${blockSize}), got ${window}`,
    next: "change window or blockSize",
  };
}
