import type { Rule, RuleProblem } from "../stage.js";
import type { StageWith } from "./index.js";
import { minimumBelowHighest } from "./pretrain.rules.js";
import { verifierRules } from "./scoring.rules.js";

const learningRate = { fields: ["minimumLearningRate", "learningRate"], check: minimumBelowHighest } as const;

/** Conditions over several fields of reward-model's `with`. */
export const rewardModelRules: readonly Rule<StageWith<"reward-model">>[] = [learningRate];

/** Conditions over several fields of ppo's `with`. */
export const ppoRules: readonly Rule<StageWith<"ppo">>[] = [
  learningRate,
  {
    fields: ["minibatches", "batchSize"],
    check: ({ minibatches, batchSize }) => minibatchesFit(minibatches, batchSize, `batchSize (${batchSize})`),
  },
];

/** Conditions over several fields of grpo's `with`. */
export const grpoRules: readonly Rule<StageWith<"grpo">>[] = [
  learningRate,
  {
    fields: ["minibatches", "groups", "groupSize"],
    check: ({ minibatches, groups, groupSize }) =>
      minibatchesFit(minibatches, groups * groupSize, `groups · groupSize (${groups * groupSize})`),
  },
  { fields: ["samplingBatch", "groupSize"], check: groupFits },
  ...verifierRules,
];

function minibatchesFit(minibatches: number, responses: number, what: string): RuleProblem | undefined {
  if (minibatches <= responses) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["minibatches"],
    message: `must be <= ${what}, got ${minibatches}`,
    next: "lower minibatches: each needs a response",
  };
}

function groupFits({ samplingBatch, groupSize }: StageWith<"grpo">): RuleProblem | undefined {
  if (groupSize <= samplingBatch) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["samplingBatch"],
    message: `must be >= groupSize (${groupSize}), got ${samplingBatch}`,
    next: "raise samplingBatch, or lower groupSize: a group is written together",
  };
}
