import type { Rule } from "../stage.js";
import { collectPreferencesRules } from "./collect-preferences.rules.js";
import { datasetRules } from "./dataset.rules.js";
import { evaluateRules } from "./evaluate.rules.js";
import { extendContextRules } from "./extend-context.rules.js";
import { exportRules } from "./export.rules.js";
import { graphFeaturizeRules } from "./graph-featurize.rules.js";
import { holdOutLinksRules } from "./hold-out-links.rules.js";
import type { StageType, StageWith } from "./index.js";
import { pretrainRules } from "./pretrain.rules.js";
import { grpoRules, ppoRules, rewardModelRules } from "./reinforcement.rules.js";
import { sftRules } from "./sft.rules.js";
import { tableModelRules } from "./table-model.rules.js";

/** Stage types whose `with` has conditions over several fields. */
export const stageRules: { readonly [T in StageType]?: readonly Rule<StageWith<T>>[] } = {
  dataset: datasetRules,
  evaluate: evaluateRules,
  pretrain: pretrainRules,
  sft: sftRules,
  "extend-context": extendContextRules,
  export: exportRules,
  "reward-model": rewardModelRules,
  ppo: ppoRules,
  grpo: grpoRules,
  "collect-preferences": collectPreferencesRules,
  "hold-out-links": holdOutLinksRules,
  "graph-featurize": graphFeaturizeRules,
  "table-model": tableModelRules,
};
