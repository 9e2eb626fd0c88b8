import type { Rule, RuleProblem } from "../stage.js";
import type { StageWith } from "./index.js";
import { needleRules } from "./needle.rules.js";

const attentionFields = ["window", "sinks", "blockSize", "selectedBlocks"] as const;

type Settings = StageWith<"extend-context">;

/** Conditions over several fields of extend-context's `with`. */
export const extendContextRules: readonly Rule<Settings>[] = [
  { fields: ["steps"], check: contextsGrow },
  { fields: ["steps", "warmupSteps"], check: warmupFits },
  { fields: ["steps", "learningRate", "minimumLearningRate"], check: minimumBelowEach },
  { fields: ["steps", "needle.lengths"], check: needlesFit },
  { fields: [], check: needleHasText },
  { fields: ["attention"], check: attentionIsWhole },
  ...needleRules,
];

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
  const least = Math.min(...steps.map((step) => step.learningRate ?? learningRate));
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
  const field = attentionFields.find((name) => settings[name] !== undefined);
  if (field === undefined) return undefined;
  const next = `remove ${field}, or set attention to a kind that has it`;
  return {
    code: "NOT_ALLOWED",
    at: [field],
    message: `has no meaning with attention: ${attention ?? "as it is"}`,
    next,
  };
}
