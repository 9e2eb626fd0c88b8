import type { StageType } from "../schemas/stages/index.js";
import type { CallingStage, Stage } from "./stage.js";

/**
 * The table of stages: type -> its code, loaded when first needed. One line a stage; its twin is
 * `schemas/stages/index.ts`.
 */
export const stages = {
  dataset: async () => (await import("./dataset.js")).dataset,
  tokenize: async () => (await import("./tokenize.js")).tokenize,
  pretrain: async () => (await import("./pretrain.js")).pretrain,
  sft: async () => (await import("./sft.js")).sft,
  "extend-context": async () => (await import("./extend-context.js")).extendContext,
  "collect-preferences": async () => (await import("./collect-preferences.js")).collectPreferences,
  "reward-model": async () => (await import("./reward-model.js")).rewardModel,
  ppo: async () => (await import("./ppo.js")).ppo,
  grpo: async () => (await import("./grpo.js")).grpo,
  evaluate: async () => (await import("./evaluate.js")).evaluate,
  generate: async () => (await import("./generate.js")).generate,
  export: async () => (await import("./export.js")).exportModel,
  "social-network": async () => (await import("./social-network.js")).socialNetwork,
  "hold-out-links": async () => (await import("./hold-out-links.js")).holdOutLinks,
  "graph-featurize": async () => (await import("./graph-featurize.js")).graphFeaturize,
  approve: async () => (await import("./approve.js")).approve,
  select: async () => (await import("./select.js")).select,
  command: async () => (await import("./command.js")).command,
  pipeline: async () => (await import("./pipeline.js")).pipeline,
  activity: async () => (await import("./activity.js")).activity,
  module: async () => (await import("./module.js")).moduleStage,
  "table-model": async () => (await import("./table-model.js")).tableModel,
} satisfies { [T in StageType]: () => Promise<Stage<T> | CallingStage<T>> };
