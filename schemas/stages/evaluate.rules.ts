import type { Rule, RuleProblem } from "../stage.js";
import type { StageWith } from "./index.js";
import { needleRules } from "./needle.rules.js";
import { judgeRules, verifierRules } from "./scoring.rules.js";

type Settings = StageWith<"evaluate">;

/**
 * Conditions over several fields of evaluate's `with`. Those that name no field ask only whether one is there, which an
 * expression in it does not change.
 */
export const evaluateRules: readonly Rule<Settings>[] = [
  ...verifierRules,
  ...judgeRules,
  { fields: ["passAt", "samples"], check: enoughSamples },
  { fields: ["samples", "temperature"], check: samplesDiffer },
  { fields: [], check: questionsForAccuracy },
  { fields: [], check: judgeWithOther },
  { fields: [], check: promptsToAnswer },
  { fields: ["temperature", "topK", "topP"], check: wholeDistribution },
  { fields: [], check: baselineMeasured },
  { fields: [], check: textToRead },
  ...needleRules,
];

function enoughSamples({ passAt, samples }: Settings): RuleProblem | undefined {
  const index = passAt.findIndex((k) => k > samples);
  if (index < 0) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["passAt", index],
    message: `must be <= samples (${samples}), got ${passAt[index]}`,
    next: `set samples to ${Math.max(...passAt)} or more`,
  };
}

function samplesDiffer({ samples, temperature }: Settings): RuleProblem | undefined {
  if (samples === 1 || temperature > 0) return undefined;
  return {
    code: "NOT_ALLOWED",
    at: ["samples"],
    message: `must be 1 at temperature 0, where all answers are the same, got ${samples}`,
    next: "set temperature above 0",
  };
}

function questionsForAccuracy({ questions, verifiers, passAt, samples }: Settings): RuleProblem | undefined {
  const field = verifiers.length > 0 ? "verifiers" : passAt.length > 0 ? "passAt" : samples > 1 ? "samples" : undefined;
  if (field === undefined || questions.length > 0) return undefined;
  return {
    code: "NOT_ALLOWED",
    at: [field],
    message: "goes with questions",
    next: `add questions, or remove ${field}`,
  };
}

function judgeWithOther({ against, judge, comparisons }: Settings): RuleProblem | undefined {
  if (against !== undefined && judge === undefined)
    return {
      code: "MISSING_KEY",
      at: ["against"],
      message: "needs judge, which says whose answer is better",
      next: "add judge, for example { kind: length }",
    };
  const field = judge !== undefined ? "judge" : comparisons.length > 0 ? "comparisons" : undefined;
  if (field === undefined || against !== undefined) return undefined;
  return { code: "NOT_ALLOWED", at: [field], message: "goes with against", next: `add against, or remove ${field}` };
}

function promptsToAnswer(settings: Settings): RuleProblem | undefined {
  const { questions, comparisons, against, reference } = settings;
  const field = against !== undefined ? "against" : reference !== undefined ? "reference" : undefined;
  if (field === undefined || questions.length > 0 || comparisons.length > 0) return undefined;
  return {
    code: "MISSING_KEY",
    at: [field],
    message: "needs prompts to answer",
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
    message: "must let every token be sampled for the divergence from the reference",
    next: "set temperature to 1, topK to 0 and topP to 1, or measure the divergence in a stage of its own",
  };
}

function baselineMeasured({ baseline, text, questions }: Settings): RuleProblem | undefined {
  if (baseline === undefined || text.length > 0 || questions.length > 0) return undefined;
  return {
    code: "MISSING_KEY",
    at: ["baseline"],
    message: "needs what it measured: text or questions",
    next: "add the text and the questions of the stage that the baseline comes from",
  };
}

function textToRead({ byPosition, needle, text }: Settings): RuleProblem | undefined {
  const field = needle !== undefined ? "needle" : byPosition === true ? "byPosition" : undefined;
  if (field === undefined || text.length > 0) return undefined;
  return {
    code: "MISSING_KEY",
    at: [field],
    message: "needs text",
    next: "add text, with documents as long as the context",
  };
}
