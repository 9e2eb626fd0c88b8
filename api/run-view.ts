import { stagesToRun } from "../schemas/matrix.js";
import { isOver, type Progress, type RunState, type StageState } from "../schemas/run.js";

/** A run at one moment, as shown to a person. */
export interface RunView {
  runId: string;
  state: RunState;
  /** The last reported progress of running stages, by stage id. */
  progress: Record<string, Progress>;
  /** Stages whose attempt no worker has started yet. */
  queued: ReadonlySet<string>;
  startedAtMs: number;
  endedAtMs?: number;
  /** Why the run failed, if no stage says so (a definition that does not compile). */
  failure?: { code: string; message: string };
  /** Why the view may be out of date: no worker, no server. */
  note?: string;
}

export function hasEnded(view: RunView): boolean {
  return isOver(view.state.status);
}

/** The stage that makes the run fail, or undefined. */
export function failedStage(view: RunView): StageState | undefined {
  const continues = new Set(
    stagesToRun(view.state.plan?.stages ?? [], view.state.stages)
      .filter((stage) => stage.onFailure === "continue")
      .map(({ id }) => id),
  );
  return view.state.stages.find((stage) => stage.status === "failed" && !continues.has(stage.id));
}
