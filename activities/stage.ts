import type { StageRun } from "../schemas/stage-run.js";
import type { StageDefinitions, StageType } from "../schemas/stages/index.js";

export type { LoopState, StageContext } from "../schemas/stage-run.js";

/** The work of a built-in stage type. */
export type Stage<T extends StageType> = StageRun<
  StageDefinitions[T]["with"],
  StageDefinitions[T]["outputs"],
  StageDefinitions[T]["requestsChoices"]
>;
