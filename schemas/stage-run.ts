import type { Static, TObject } from "@sinclair/typebox";
import type { ArtifactKind, ArtifactRef } from "./artifact.js";
import type { ApprovalRequest, GivenAnswer } from "./approvals.js";
import type { GivenChoices, ChoiceRequest } from "./choices.js";
import type { Progress, StageResult } from "./stage-result.js";

/**
 * Checkpoints of one stage key: atomic, verified on read; an old one is removed only after the new
 * one is complete.
 */
export interface Checkpoints {
  /**
   * Writes a checkpoint: `write` fills an empty directory, which is then hashed, synced and renamed
   * into place. Older ones beyond the number to keep are removed afterwards.
   * @throws PawlError DISK_FULL; the older checkpoints stay intact
   */
  save(step: number, write: (directory: string) => Promise<void> | void): Promise<void>;
  /** The newest complete checkpoint, or undefined. A corrupt one is skipped and logged. */
  latest(): Promise<{ step: number; directory: string } | undefined>;
  /**
   * Removes all, once the stage's result is recorded. Another process may save under the same key
   * at the same time.
   */
  clear(): Promise<void>;
}

/** The progress of a loop, for its checkpoint. */
export interface LoopState {
  /** Number of the step; a loop only counts up. */
  step: number;
  /** Fills an empty directory with everything that the following steps depend on. */
  write: (directory: string) => Promise<void> | void;
}

/**
 * What built-in stages and those of a project's own receive alike. A stage never sees Temporal or
 * the store's path.
 */
export interface CommonStageContext {
  runId: string;
  stage: string;
  seed: number;
  attempt: number;
  /** The run's project directory: `file` sources and `export` destinations are below it. */
  workingDirectory: string;
  /**
   * Aborted when the run is canceled, the worker must stop, or the stage's `timeout` is near.
   * `yield` and `checkpointEvery` check it.
   */
  signal: AbortSignal;
  /**
   * Await it right before you change something outside of the store (`writesOutsideStore`).
   * @throws if the attempt may no longer publish: another one has begun, or its code or its sources
   *   have been replaced
   */
  confirmLease(): Promise<void>;
  checkpointEveryMs: number;
  /**
   * Yields to the event loop (heartbeats, other work). Call it in every loop, at least once a
   * second.
   * @throws `signal.reason` when the stage must stop
   */
  yield(): Promise<void>;
  /**
   * Runs a loop that saves checkpoints. First restore the newest one (`checkpoints.latest`): the
   * state at the call is not saved again.
   *
   *     await context.checkpointEvery(state, async (betweenSteps) => {
   *       while (done < total) {
   *         await betweenSteps();
   *         step(done++);
   *       }
   *     });
   *
   * @param state returns the loop's progress; called between steps, and when the loop stops within
   *   a step: a step changes the state only when it ends
   * @param loop awaits `betweenSteps` between two steps: it yields, and saves if
   *   `checkpointEveryMs` have passed since the last checkpoint. When the stage must stop,
   *   `betweenSteps` or `yield` throws `signal.reason` inside the loop, and the state is saved
   *   before `checkpointEvery` throws it.
   * @returns what the loop returns; the state at its end is not saved
   */
  checkpointEvery<T>(state: () => LoopState, loop: (betweenSteps: () => Promise<void>) => Promise<T>): Promise<T>;
  /**
   * Reports progress to the heartbeat, the terminal and the log. Cheap: call it every step. Pauses
   * between calls do no harm while the event loop runs; before a long synchronous call report its
   * phase ("compile") and yield once.
   */
  progress(progress: Progress): void;
  /**
   * Adds metrics of a step to the stage's history (`pawl metrics`), which belongs to its key.
   * Cheap: call it every step. Several calls may add metrics of the same step; a step that is
   * repeated after a kill is recorded again.
   * @param step number of the step or iteration, from 1
   */
  recordMetrics(step: number, metrics: Readonly<Record<string, number>>): void;
  /** Writes a line to the run's log; keep the data small. */
  log(message: string, data?: Record<string, unknown>): void;
  /** The directory of an artifact, every file's digest verified on first opening. Read-only. */
  openArtifact(ref: ArtifactRef): Promise<string>;
}

/** What a built-in stage receives in addition to its settings. */
export interface PublicStageContext extends CommonStageContext {
  /** What people chose, on the attempt after the one that requested choices. */
  given?: GivenChoices;
  /** How the request for an approval ended, on the attempt after the one that made it. */
  approval?: GivenAnswer;
  /** Checkpoints of this stage's key. */
  checkpoints: Checkpoints;
  /** Writes an artifact atomically: `write` fills an empty directory. */
  putArtifact<K extends ArtifactKind>(
    kind: K,
    write: (directory: string) => Promise<void> | void,
  ): Promise<ArtifactRef<K>>;
}

/**
 * How an attempt ends if it does not fail: with a result or, if the stage may request choices, with
 * a request.
 */
type Outcome<O extends TObject, C> =
  | (StageResult & { outputs: Static<O> })
  | (C extends false ? never : { request: ChoiceRequest } | { approval: ApprovalRequest });

/**
 * A stage's work: from checked settings to artifacts and metrics.
 * @template W schema of the settings; @template O of the outputs; @template C whether it may
 *   request people's choices;
 *   @template X what it receives in addition to the settings
 */
export type StageRun<
  W extends TObject,
  O extends TObject,
  C = false,
  X extends PublicStageContext = PublicStageContext,
> = (settings: Static<W>, context: X) => Promise<Outcome<O, C>>;
