import type { Stage } from "../activities/stage.js";
import type { StageType } from "../schemas/stages/index.js";
import type { WorkerPlace } from "./project-directory.js";
import type { ProcessMessage } from "./standby-heartbeats.js";
import type { TaskFile } from "./task-file.js";

/** Loads a stage's code when it is first needed. */
export type StageTable = { [T in StageType]: () => Promise<Stage<T>> };

/** What a process that runs stages offers them. */
export interface StageWorker extends WorkerPlace {
  gpu: boolean;
  stages: StageTable;
  /** Where a worker process keeps its task; the process for workflows needs none, for its work is done again with its task. */
  taskFile?: TaskFile;
  /** Tells the supervisor of this process what it sends on while the process is busy in one call; absent without one. */
  tellSupervisor?: (message: ProcessMessage) => void;
  /** Aborted when the process must go. */
  preempted: AbortSignal;
  /** Lets the process go as soon as its attempt has ended; its supervisor starts a fresh one. */
  leave: () => void;
}
