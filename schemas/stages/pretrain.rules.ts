import type { Rule, RuleProblem } from "../stage.js";
import type { StageWith } from "./index.js";

type Settings = StageWith<"pretrain">;

/** Conditions over several fields of pretrain's `with`. */
export const pretrainRules: readonly Rule<Settings>[] = [
  { fields: ["architecture.width", "architecture.heads", "architecture.headWidth"], check: headsDivideWidth },
  { fields: ["architecture.heads", "architecture.keyValueHeads"], check: keyValueHeadsDivideHeads },
  { fields: ["architecture.context", "architecture.ropeScaling"], check: contextFitsScaledRope },
  { fields: ["sequenceLength", "architecture.context"], check: sequenceFitsContext },
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

function headsDivideWidth({ architecture: { width, heads, headWidth } }: Settings): RuleProblem | undefined {
  if (headWidth !== undefined || (width % heads === 0 && (width / heads) % 2 === 0)) return undefined;
  return {
    code: "NOT_ALLOWED",
    at: ["architecture", "heads"],
    message: `must divide width into even parts (width ${width} / heads ${heads} = ${Number((width / heads).toFixed(3))})`,
    next: "change width or heads, or give headWidth",
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

function contextFitsScaledRope({ architecture: { context, ropeScaling } }: Settings): RuleProblem | undefined {
  if (!ropeScaling || context <= ropeScaling.factor * ropeScaling.originalContext) return undefined;
  const { factor, originalContext } = ropeScaling;
  return {
    code: "CONTEXT_EXCEEDED",
    at: ["architecture", "context"],
    message: `must be <= ropeScaling's factor · originalContext (${factor} · ${originalContext} = ${Math.floor(factor * originalContext)}), got ${context}`,
    next: "raise ropeScaling.factor, or lower context",
  };
}

function sequenceFitsContext({ sequenceLength, architecture: { context } }: Settings): RuleProblem | undefined {
  if (sequenceLength === undefined || sequenceLength <= context) return undefined;
  return {
    code: "CONTEXT_EXCEEDED",
    at: ["sequenceLength"],
    message: `must be <= architecture.context (${context}), got ${sequenceLength}`,
    next: "shorten sequenceLength, or raise architecture.context",
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
