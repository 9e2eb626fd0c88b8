import type { JsonObject } from "../platform/json.js";
import type { StageType } from "./stages/index.js";

/** A run's project directory, and what the run may do there; the same in the plan and in every request of the run. */
export interface RunPlace {
  /** The run's project directory, absolute; absent in runs that an earlier version started: they use the worker's. */
  project?: string;
  grant?: RunGrant;
}

/** Issued at a run's start if the run may use its project directory on every worker and run code from its code roots. */
export interface RunGrant {
  /** SHA-256 (hex) of the plan without its grant. */
  plan: string;
  /** HMAC-SHA256 (hex) of run id, project and that digest, with the key of PAWL_HOME. */
  signature: string;
}

/**
 * A checked pipeline, ready to be interpreted: defaults applied, edges known, expressions still to be evaluated.
 * It is part of workflow history, so that a run keeps its own copy whatever happens to the file.
 */
export interface Plan extends RunPlace {
  name: string;
  description?: string;
  /** SHA-256 (hex) of the definition's text. */
  definitionDigest: string;
  /** The file it came from, relative to the working directory; absent for an inlined definition. */
  file?: string;
  /** Root of all seeds of the run. */
  seed: number;
  /** Run inputs, checked, defaults filled in. */
  inputs: JsonObject;
  /** Ordered so that every stage comes after its needs; ties in order of appearance. */
  stages: PlannedStage[];
  /** Top-level outputs: JSON whose strings may hold `${{ }}`. */
  outputs: JsonObject;
}

export interface PlannedStage {
  id: string;
  uses: StageType;
  /** JSON whose strings may hold `${{ }}`. */
  with: JsonObject;
  /** Ids of stages that must have ended first: `needs` and every `stages.X` used in an expression. */
  needs: string[];
  /** An expression without braces; absent: the stage runs if all its needs succeeded. */
  if?: string;
  retry: RetryPlan;
  /** Maximum duration of one attempt, ms. */
  timeoutMs: number;
  /** A worker that sends no heartbeat for this long is considered lost, ms. */
  heartbeatMs: number;
  checkpoint: { everyMs: number; keep: number };
  resources: { gpu: number };
  /** true: a result with the same key is reused; a number: only if it is newer than this, ms. */
  cache: boolean | number;
  onFailure: "fail" | "park" | "continue";
  /** The stage's line in the definition. */
  line: number;
}

export interface RetryPlan {
  /** Maximum number of attempts for failures of the classes io and timeout. */
  maxAttempts: number;
  /** Wait before the second attempt, ms. */
  intervalMs: number;
  /** Factor by which the wait grows. */
  factor: number;
  maxIntervalMs: number;
  /** Maximum wait for space on a full disk, ms; absent in plans of earlier versions. */
  diskWaitMs?: number;
  /** Maximum number of retries by class; progress resets all counts but that of outOfMemory. */
  on: { preempted: number; lost: number; outOfMemory: number };
}
