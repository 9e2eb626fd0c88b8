import type { Static } from "@sinclair/typebox";
import type { StageSchema } from "../stage.js";
import { collectPreferences } from "./collect-preferences.js";
import { dataset } from "./dataset.js";
import { evaluate } from "./evaluate.js";
import { extendContext } from "./extend-context.js";
import { exportModel } from "./export.js";
import { generate } from "./generate.js";
import { graphFeaturize } from "./graph-featurize.js";
import { grpo } from "./grpo.js";
import { holdOutLinks } from "./hold-out-links.js";
import { ppo } from "./ppo.js";
import { pretrain } from "./pretrain.js";
import { rewardModel } from "./reward-model.js";
import { sft } from "./sft.js";
import { socialNetwork } from "./social-network.js";
import { tableModel } from "./table-model.js";
import { tokenize } from "./tokenize.js";

/** The table of stage types: `uses` in YAML -> schema. One line a stage; its twin is `activities/index.ts`. */
export const stageSchemas = {
  dataset,
  tokenize,
  pretrain,
  sft,
  "extend-context": extendContext,
  "collect-preferences": collectPreferences,
  "reward-model": rewardModel,
  ppo,
  grpo,
  evaluate,
  generate,
  export: exportModel,
  "social-network": socialNetwork,
  "hold-out-links": holdOutLinks,
  "graph-featurize": graphFeaturize,
  "table-model": tableModel,
} satisfies Record<string, StageSchema>;

/** Whether a stage writes outside the store, and so is done in every run. */
export function hasSideEffects(uses: StageType): boolean {
  const schema: StageSchema = stageSchemas[uses];
  return schema.sideEffects === true;
}

export type StageType = keyof typeof stageSchemas;
export type StageWith<T extends StageType> = Static<(typeof stageSchemas)[T]["with"]>;
export type StageOutputs<T extends StageType> = Static<(typeof stageSchemas)[T]["outputs"]>;
