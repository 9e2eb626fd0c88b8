import type { Rule, RuleProblem } from "../stage.js";
import type { StageWith } from "./index.js";
import { judgeRules } from "./scoring.rules.js";

type Settings = StageWith<"collect-preferences">;

/** Conditions over several fields of collect-preferences' `with`. */
export const collectPreferencesRules: readonly Rule<Settings>[] = [
  ...judgeRules,
  { fields: ["judge", "deadline"], check: deadlineForPeople },
];

function deadlineForPeople({ judge, deadline }: Settings): RuleProblem | undefined {
  if (judge === undefined || deadline === undefined) return undefined;
  return {
    code: "NOT_ALLOWED",
    at: ["deadline"],
    message: "is for people only, and there is a judge",
    next: "remove deadline, or judge",
  };
}
