import type { Rule, RuleProblem } from "../stage.js";
import type { NeedleSettings } from "./needle.js";

interface WithNeedle {
  needle?: NeedleSettings;
}

/** Conditions on `needle`, wherever it stands. */
export const needleRules: readonly Rule<WithNeedle>[] = [
  { fields: ["needle.statement"], check: statementHasValue },
  { fields: ["needle.question"], check: questionAsksForValue },
  { fields: ["needle.distractors", "needle.words"], check: enoughKeys },
];

function statementHasValue({ needle }: WithNeedle): RuleProblem | undefined {
  if (needle === undefined || needle.statement.split("{value}").length === 2) return undefined;
  return {
    code: "NOT_ALLOWED",
    at: ["needle", "statement"],
    message: "must have {value} once",
    next: 'for example "Here is the {value}."',
  };
}

function questionAsksForValue({ needle }: WithNeedle): RuleProblem | undefined {
  if (needle === undefined) return undefined;
  const [before, ...after] = needle.question.split("{value}");
  if (before!.includes("{key}") && after.length === 1 && after[0] === "") return undefined;
  return {
    code: "NOT_ALLOWED",
    at: ["needle", "question"],
    message: "must have {key}, and {value} at its end",
    next: 'for example "The {key} here is the {value}"',
  };
}

function enoughKeys({ needle }: WithNeedle): RuleProblem | undefined {
  if (needle === undefined || needle.distractors < needle.words.length) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["needle", "distractors"],
    message: `must be < the number of keys (${needle.words.length}), got ${needle.distractors}`,
    next: "lower distractors, or give more keys",
  };
}
