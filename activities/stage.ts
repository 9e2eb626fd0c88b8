import type { PublicStageContext, StageRun } from "../schemas/stage-run.js";
import type { StageDefinitions, StageType } from "../schemas/stages/index.js";

export type { LoopState } from "../schemas/stage-run.js";

/** What a built-in stage receives in addition to its settings: it knows the store, too. */
export interface StageContext extends PublicStageContext {
  /** The stage's key. */
  key: string;
  /** PAWL_HOME. */
  home: string;
}

/** The work of a built-in stage type. */
export type Stage<T extends StageType> = StageRun<
  StageDefinitions[T]["with"],
  StageDefinitions[T]["outputs"],
  StageDefinitions[T]["asksPeople"],
  StageContext
>;
