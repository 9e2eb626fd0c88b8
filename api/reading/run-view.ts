import { stagesToRun } from "../../schemas/matrix.js";
import { isOver, type RunState, type StageState, type StageStatus } from "../../schemas/run.js";
import type { Progress } from "../../schemas/stage-result.js";

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
  /**
   * When what is shown was so, if no worker has answered since: the time of the log's last line,
   * ISO 8601.
   */
  asOf?: string;
  /**
   * The main metric of running stages over their steps so far, by stage id; absent: not looked up.
   */
  curves?: Readonly<Record<string, readonly number[]>>;
  /** How long stages took when they last succeeded, ms; lacks those that never did. */
  usualMs?: ReadonlyMap<string, number>;
  /** The runs of children that are under way, by stage id. */
  children?: Readonly<Record<string, RunView>>;
}

/** Whether a stage has ended, and not by a failure. */
export function isFinished(status: StageStatus): boolean {
  return ["succeeded", "cached", "skipped", "cancelled"].includes(status);
}

/** Metrics that only stand beside others. */
const besides = ["tokensPerSecond", "learningRate", "smoothedLoss"];

/** The metric of a progress report that matters most: the first one that stands for itself. */
export function mainMetric({ metrics }: Pick<Progress, "metrics">): string | undefined {
  return Object.keys(metrics).find((name) => !besides.includes(name));
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
