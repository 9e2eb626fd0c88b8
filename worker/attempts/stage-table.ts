import type { CallingStage, Stage } from "../../activities/stage.js";
import type { StageType } from "../../schemas/stages/index.js";
import type { WorkerPlace } from "../project/project-directory.js";
import type { ProcessMessage } from "../supervision/standby-heartbeats.js";
import type { TaskFile } from "../supervision/task-file.js";

/** Loads a stage's code on first use. */
export type StageTable = { [T in StageType]: () => Promise<Stage<T> | CallingStage<T>> };

/** What a process that runs stages provides to them. */
export interface StageWorker extends WorkerPlace {
  gpu: boolean;
  stages: StageTable;
  /**
   * Where a worker process keeps its task; the process for workflows needs none, since its work is
   * repeated with its workflow task.
   */
  taskFile?: TaskFile;
  /**
   * Sends the supervisor what it forwards while this process is busy in one call; absent without a
   * supervisor.
   */
  tellSupervisor?: (message: ProcessMessage) => void;
  /** Aborted when the process must end. */
  preempted: AbortSignal;
  /** Ends the process as soon as its attempt has ended; its supervisor starts a fresh one. */
  leave: () => void;
}
