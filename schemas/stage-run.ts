import type { Static, TObject } from "@sinclair/typebox";
import type { ArtifactKind, ArtifactRef } from "./artifact.js";
import type { GivenChoices, ChoiceRequest } from "./choices.js";
import type { Progress, StageResult } from "./run.js";

/** Checkpoints of one stage key: atomic, verified on read; an old one is removed only after the new one is whole. */
export interface Checkpoints {
  /**
   * Writes a checkpoint: `write` fills an empty directory, which is then hashed, synced and renamed into place. Older ones
   * beyond the number to keep are removed afterwards.
   * @throws PawlError DISK_FULL with the old one intact
   */
  save(step: number, write: (directory: string) => Promise<void> | void): Promise<void>;
  /** The newest whole one, or undefined. A corrupt one is skipped and logged. */
  latest(): Promise<{ step: number; directory: string } | undefined>;
  /** Removes all, once the stage's result is recorded. Another process that saves under the same key is not disturbed. */
  clear(): Promise<void>;
}

/** What a loop has reached, for its checkpoint. */
export interface LoopState {
  /** Number of the step; a loop only counts up. */
  step: number;
  /** Fills an empty directory with all that the following steps depend on. */
  write: (directory: string) => Promise<void> | void;
}

/** What any stage is given beside its settings, a user's own too. A stage never sees Temporal, nor where the store lies. */
export interface PublicStageContext {
  runId: string;
  stage: string;
  seed: number;
  attempt: number;
  /** What people chose, on the attempt after that which asked. */
  given?: GivenChoices;
  /** The run's project directory: `file` sources and `export` destinations lie below it. */
  workingDirectory: string;
  /** Aborted when the run is cancelled or the worker must stop. `yield` and `checkpointEvery` look at it. */
  signal: AbortSignal;
  /**
   * To be awaited right before something outside of the store is changed (`writesOutsideStore`).
   * @throws when the attempt may not publish any more: another one has begun, its code or its sources have been replaced
   */
  confirmLease(): Promise<void>;
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
  /**
   * Adds metrics of a step to the stage's history (`pawl metrics`), which is kept by its key. Cheap: call it every step. Metrics
   * of the same step may come in several calls; a step that is done again after a kill is recorded again.
   * @param step number of the step or iteration, from 1
   */
  recordMetrics(step: number, metrics: Readonly<Record<string, number>>): void;
  /** A line for the run's log; data are small. */
  log(message: string, data?: Record<string, unknown>): void;
  /** Writes an artifact atomically: `write` fills an empty directory. */
  putArtifact<K extends ArtifactKind>(
    kind: K,
    write: (directory: string) => Promise<void> | void,
  ): Promise<ArtifactRef<K>>;
  /** The directory of an artifact, every file's digest verified on first opening. Read-only. */
  openArtifact(ref: ArtifactRef): Promise<string>;
}

/** How an attempt ends that does not fail: with a result or, of a stage that may request choices, with a request. */
type Outcome<O extends TObject, C> =
  (StageResult & { outputs: Static<O> }) | (C extends false ? never : { request: ChoiceRequest });

/**
 * A stage's work: from checked settings to artifacts and metrics.
 * @template W schema of the settings; @template O of the outputs; @template C whether it may request people's choices;
 *   @template X what it is given beside the settings
 */
export type StageRun<
  W extends TObject,
  O extends TObject,
  C = false,
  X extends PublicStageContext = PublicStageContext,
> = (settings: Static<W>, context: X) => Promise<Outcome<O, C>>;
