import type { Static } from "@sinclair/typebox";
import type { JsonObject } from "../../platform/json.js";
import { evaluateTrait, type ExternalInput, type Library, type StageDefinition } from "../stage.js";
import { activity } from "./activity.js";
import { approve } from "./approve.js";
import { command } from "./command.js";
import { collectPreferences } from "./collect-preferences.js";
import { dataset } from "./dataset.js";
import { evaluate } from "./evaluate.js";
import { extendContext } from "./extend-context.js";
import { exportModel } from "./export.js";
import { generate } from "./generate.js";
import { graphFeaturize } from "./graph-featurize.js";
import { grpo } from "./grpo.js";
import { holdOutLinks } from "./hold-out-links.js";
import { moduleStage } from "./module.js";
import { pipeline } from "./pipeline.js";
import { ppo } from "./ppo.js";
import { pretrain } from "./pretrain.js";
import { rewardModel } from "./reward-model.js";
import { select } from "./select.js";
import { sft } from "./sft.js";
import { socialNetwork } from "./social-network.js";
import { tableModel } from "./table-model.js";
import { tokenize } from "./tokenize.js";

/**
 * The table of stage types: `uses` in YAML -> definition. One line per stage; `activities/index.ts`
 * has the work.
 */
const table = {
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
  select,
  command,
  activity,
  module: moduleStage,
  approve,
  pipeline,
};

/** The definitions of the built-in stages, each of its own type. */
export type StageDefinitions = typeof table;
export type StageType = keyof StageDefinitions;
export type StageWith<T extends StageType> = Static<StageDefinitions[T]["with"]>;

/** Settings before defaults are filled in: any field may be missing, in nested objects too. */
export type GivenWith<T extends StageType> = {
  [K in keyof StageWith<T>]?: NonNullable<StageWith<T>[K]> extends readonly unknown[]
    ? StageWith<T>[K]
    : Partial<StageWith<T>[K]>;
};

/** The definition of each stage type. */
export const stageDefinitions: {
  readonly [T in StageType]: StageDefinition<
    StageDefinitions[T]["with"],
    StageDefinitions[T]["outputs"],
    StageDefinitions[T]["metrics"],
    StageDefinitions[T]["asksPeople"]
  >;
} = table;

export const stageTypes = Object.keys(table) as StageType[];

/** Whether the work takes milliseconds, so that it runs where workflow code runs. */
export function isBrief<T extends StageType>(uses: T, settings: StageWith<T>): boolean {
  return evaluateTrait(stageDefinitions[uses].isBrief, settings);
}

/** Whether a stage computes with tensors. */
export function computesWithTensors<T extends StageType>(uses: T, settings: StageWith<T>): boolean {
  return evaluateTrait(stageDefinitions[uses].computesWithTensors, settings);
}

/** Files and packages of this machine that a stage's result depends on. */
export function externalInputs<T extends StageType>(uses: T, settings: StageWith<T>): readonly ExternalInput[] {
  return evaluateTrait(stageDefinitions[uses].reads, settings);
}

/** Libraries whose versions can change a stage's results. */
export function usedLibraries<T extends StageType>(uses: T, settings: StageWith<T>): readonly Library[] {
  return evaluateTrait(stageDefinitions[uses].libraries, settings);
}

/** Settings (paths inside `with`) that name a user's code, which the stage runs. */
export function codeSettings<T extends StageType>(uses: T, settings: StageWith<T>): readonly string[] {
  return evaluateTrait(stageDefinitions[uses].runsCode, settings);
}

/** Settings that are not pinned: what they name can change unnoticed. */
export function unpinnedSettings<T extends StageType>(uses: T, settings: StageWith<T>): readonly string[] {
  return evaluateTrait(stageDefinitions[uses].unpinned, settings);
}

/** Whether the stage is the run of another pipeline. */
export function runsPipeline(uses: StageType): boolean {
  return stageDefinitions[uses].runsPipeline === true;
}

/** Whether a stage may wait for people's choices. @param settings may still hold expressions */
export function mayAskPeople(uses: StageType, settings: JsonObject): boolean {
  const { asksPeople } = stageDefinitions[uses];
  return typeof asksPeople === "function" ? asksPeople(settings as never) : asksPeople;
}
