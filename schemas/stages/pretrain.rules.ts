import type { Rule, RuleProblem } from "../stage.js";
import type { StageWith } from "./index.js";

type Settings = StageWith<"pretrain">;

/** Conditions over several fields of pretrain's `with`. */
export const pretrainRules: readonly Rule<Settings>[] = [
  { fields: ["architecture.hiddenSize", "architecture.heads", "architecture.headDim"], check: headsDivideHiddenSize },
  { fields: ["architecture.heads", "architecture.keyValueHeads"], check: keyValueHeadsDivideHeads },
  { fields: ["architecture.contextLength", "architecture.ropeScaling"], check: contextFitsScaledRope },
  { fields: ["sequenceLength", "architecture.contextLength"], check: sequenceFitsContext },
  { fields: ["architecture.attention", "architecture.window"], check: windowIsGiven },
  ...kindTakes("window", ["local", "sparse"]),
  ...kindTakes("sinks", ["local"]),
  ...kindTakes("blockSize", ["sparse"]),
  ...kindTakes("selectedBlocks", ["sparse"]),
  {
    fields: ["architecture.attention", "architecture.window", "architecture.blockSize"],
    check: blocksDivideWindow,
  },
  { fields: ["warmupSteps", "steps"], check: warmupFitsSteps },
  { fields: ["minimumLearningRate", "learningRate"], check: minimumBelowHighest },
];

function headsDivideHiddenSize({ architecture: { hiddenSize, heads, headDim } }: Settings): RuleProblem | undefined {
  if (headDim !== undefined || (hiddenSize % heads === 0 && (hiddenSize / heads) % 2 === 0)) return undefined;
  return {
    code: "NOT_ALLOWED",
    at: ["architecture", "heads"],
    message: `must divide hiddenSize into even parts (hiddenSize ${hiddenSize} / heads ${heads} = ${Number((hiddenSize / heads).toFixed(3))})`,
    next: "change hiddenSize or heads, or give headDim",
  };
}

function keyValueHeadsDivideHeads({ architecture: { heads, keyValueHeads } }: Settings): RuleProblem | undefined {
  if (keyValueHeads === undefined || heads % keyValueHeads === 0) return undefined;
  return {
    code: "NOT_ALLOWED",
    at: ["architecture", "keyValueHeads"],
    message: `must divide heads (${heads}), got ${keyValueHeads}`,
    next: `give a divisor of ${heads}, or leave it out`,
  };
}

function contextFitsScaledRope({ architecture: { contextLength, ropeScaling } }: Settings): RuleProblem | undefined {
  if (!ropeScaling || contextLength <= ropeScaling.factor * ropeScaling.originalContextLength) return undefined;
  const { factor, originalContextLength } = ropeScaling;
  return {
    code: "CONTEXT_EXCEEDED",
    at: ["architecture", "contextLength"],
    message: `must be <= ropeScaling's factor · originalContextLength (${factor} · ${originalContextLength} = ${Math.floor(factor * originalContextLength)}), got ${contextLength}`,
    next: "raise ropeScaling.factor, or lower context",
  };
}

function sequenceFitsContext({ sequenceLength, architecture: { contextLength } }: Settings): RuleProblem | undefined {
  if (sequenceLength === undefined || sequenceLength <= contextLength) return undefined;
  return {
    code: "CONTEXT_EXCEEDED",
    at: ["sequenceLength"],
    message: `must be <= architecture.contextLength (${contextLength}), got ${sequenceLength}`,
    next: "shorten sequenceLength, or raise architecture.contextLength",
  };
}

function windowIsGiven({ architecture: { attention = "dense", window } }: Settings): RuleProblem | undefined {
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
): Rule<Settings>[] {
  const check = ({ architecture }: Settings): RuleProblem | undefined => {
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
}: Settings): RuleProblem | undefined {
  if (attention !== "sparse" || window === undefined || window % blockSize === 0) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["architecture", "window"],
    message: `must be a multiple of blockSize (${blockSize}), got ${window}`,
    next: "change window or blockSize",
  };
}

function warmupFitsSteps({ warmupSteps, steps }: Settings): RuleProblem | undefined {
  if (warmupSteps <= steps) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["warmupSteps"],
    message: `must be <= steps (${steps}), got ${warmupSteps}`,
    next: "lower warmupSteps, or raise steps",
  };
}

/** The schedule falls from learningRate to minimumLearningRate. Shared with sft. */
export function minimumBelowHighest(settings: {
  minimumLearningRate: number;
  learningRate: number;
}): RuleProblem | undefined {
  const { minimumLearningRate, learningRate } = settings;
  if (minimumLearningRate <= learningRate) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["minimumLearningRate"],
    message: `must be <= learningRate (${learningRate}), got ${minimumLearningRate}`,
    next: "lower minimumLearningRate, or raise learningRate",
  };
}
