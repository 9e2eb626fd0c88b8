import type { ArtifactKind, ArtifactRef } from "../schemas/artifact.js";
import type { GivenChoices, ChoiceRequest } from "../schemas/choices.js";
import type { Progress, StageResult } from "../schemas/run.js";
import type { StageOutputs, StageType, StageWith } from "../schemas/stages/index.js";
import type { Checkpoints } from "../store/checkpoints.js";

/** What a loop has reached, for its checkpoint. */
export interface LoopState {
  /** Number of the step; a loop only counts up. */
  step: number;
  /** Fills an empty folder with all that the following steps depend on. */
  write: (folder: string) => Promise<void> | void;
}

/** What a stage is given beside its `with`. A stage never sees Temporal. */
export interface StageContext {
  runId: string;
  stage: string;
  key: string;
  seed: number;
  attempt: number;
  /** What people chose, on the attempt after that which asked. */
  given?: GivenChoices;
  /** The worker's folder: `file` sources and `export` destinations lie below it. */
  workingFolder: string;
  /** Aborted when the run is cancelled or the worker must stop. `yield` and `checkpointEvery` look at it. */
  signal: AbortSignal;
  /** Checkpoints of this stage's key. */
  checkpoints: Checkpoints;
  checkpointEveryMs: number;
  /**
   * Lets the process turn (heartbeats, other work). Call it in every loop, at least once a second.
   * @throws `signal.reason` when the stage must stop
   */
  yield(): Promise<void>;
  /**
   * Runs a loop that saves checkpoints. Restore the newest one (`checkpoints.latest`) before: the state at the call is not
   * saved again.
   *
   *     await context.checkpointEvery(state, async (betweenSteps) => {
   *       while (done < total) {
   *         await betweenSteps();
   *         step(done++);
   *       }
   *     });
   *
   * @param state gives what has been reached; called between steps, and when the loop stops within a step: a step changes the
   *   state only when it ends
   * @param loop awaits `betweenSteps` between two steps: it yields, and saves when `checkpointEveryMs` have passed since the
   *   last checkpoint. When the stage must stop, the loop ends by `signal.reason`, from `betweenSteps` or from `yield`, and
   *   the state is saved before `checkpointEvery` throws it.
   * @returns what the loop returns; the state at its end is not saved
   */
  checkpointEvery<T>(state: () => LoopState, loop: (betweenSteps: () => Promise<void>) => Promise<T>): Promise<T>;
  /**
   * Tells how far the work is: heartbeat, terminal and log. Cheap: call it every step. Silence is no harm while the process
   * turns; before a long synchronous call name its phase ("compile") and let the process turn once.
   */
  progress(progress: Progress): void;
  /** A line for the run's log; data are small. */
  log(message: string, data?: Record<string, unknown>): void;
  /** Writes an artifact: `write` fills an empty folder; whole or absent. */
  putArtifact<K extends ArtifactKind>(
    kind: K,
    write: (folder: string) => Promise<void> | void,
  ): Promise<ArtifactRef<K>>;
  /** The folder of an artifact, every file's digest verified on first opening. Read-only. */
  openArtifact(ref: ArtifactRef): Promise<string>;
}

/** Stage types that may request people's choices. */
type ChoiceStage = Extract<StageType, "collect-preferences">;

/** One stage type's work: from a checked `with` to artifacts and figures, or to a request for choices. */
export type Stage<T extends StageType> = (
  settings: StageWith<T>,
  context: StageContext,
) => Promise<
  (StageResult & { outputs: StageOutputs<T> }) | (T extends ChoiceStage ? { request: ChoiceRequest } : never)
>;
