import type { ActivityCall, CalledActivity } from "../schemas/activity.js";
import type { PublicStageContext, StageRun } from "../schemas/stage-run.js";
import type { SecretPlace } from "../schemas/secrets.js";
import type { StageDefinitions, StageType } from "../schemas/stages/index.js";

export type { LoopState } from "../schemas/stage-run.js";

/** What a built-in stage receives in addition to its settings: it knows the store, too. */
export interface StageContext extends PublicStageContext {
  /** The stage's key. */
  key: string;
  /** PAWL_HOME. */
  home: string;
  /** Where secrets belong in the settings. */
  secrets: readonly SecretPlace[];
  /** How many checkpoints to keep. */
  checkpointsToKeep: number;
  /**
   * Time that a program has from now on until SIGKILL if it gets SIGTERM now, ms: the attempt's
   * timeout may be near.
   */
  graceMs: () => number;
  /** What the activity returned that the first half of the attempt has called. */
  called?: CalledActivity;
}

/** The work of a built-in stage type. */
export type Stage<T extends StageType> = StageRun<
  StageDefinitions[T]["with"],
  StageDefinitions[T]["outputs"],
  StageDefinitions[T]["asksPeople"],
  StageContext
>;

/**
 * A stage whose attempt is continued in a second call, once the workflow has called an activity of
 * the user's.
 */
export type CallingStage<T extends StageType> = (
  ...given: Parameters<Stage<T>>
) => Promise<Awaited<ReturnType<Stage<T>>> | { call: ActivityCall }>;
