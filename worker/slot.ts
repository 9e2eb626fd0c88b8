import type { Stage } from "../activities/stage.js";
import type { StageType } from "../schemas/stages/index.js";
import type { TaskFile } from "./slot-file.js";

/** Loads a stage's code when it is first needed. */
export type StageTable = { [T in StageType]: () => Promise<Stage<T>> };

/** What the process of a slot offers its stages. */
export interface Slot {
  home: string;
  workingFolder: string;
  gpu: boolean;
  stages: StageTable;
  taskFile: TaskFile;
  /** Aborted when the process must go. */
  preempted: AbortSignal;
}
