import type { Rule } from "../stage.js";
import type { StageWith } from "./index.js";
import { minimumBelowHighest } from "./pretrain.rules.js";

/** Conditions over several fields of sft's `with`. */
export const sftRules: readonly Rule<StageWith<"sft">>[] = [
  { fields: ["minimumLearningRate", "learningRate"], check: minimumBelowHighest },
];
