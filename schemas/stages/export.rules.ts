import type { Rule } from "../stage.js";
import type { StageWith } from "./index.js";

/** Conditions over several fields of export's `with`. */
export const exportRules: readonly Rule<StageWith<"export">>[] = [
  {
    fields: ["model", "rewardModel"],
    check({ model, rewardModel }) {
      if ((model === undefined) !== (rewardModel === undefined)) return undefined;
      return {
        code: model === undefined ? "MISSING_KEY" : "NOT_ALLOWED",
        at: ["model"],
        message: `must be given, or rewardModel, and not both`,
        next: "give one export stage to each",
      };
    },
  },
];
