import type { Stage } from "../activities/stage.js";
import type { StageType } from "../schemas/stages/index.js";
import type { TaskFile } from "./slot-file.js";

/** Loads a stage's code when it is first needed. */
export type StageTable = { [T in StageType]: () => Promise<Stage<T>> };

/** What a process that runs stages offers them. */
export interface Slot {
  home: string;
  workingFolder: string;
  gpu: boolean;
  stages: StageTable;
  /** Where a slot keeps its task; the process for workflows needs none, for its work is done again with its task. */
  taskFile?: TaskFile;
  /** Aborted when the process must go. */
  preempted: AbortSignal;
  /** Lets the process go as soon as its attempt has ended; its supervisor starts a fresh one. */
  leave: () => void;
}
