import type { JsonObject } from "../platform/json.js";
import type { StageType } from "./stages/index.js";

/** Where a run's files lie, and what it may do there; the same in the plan and in every request of the run. */
export interface RunPlace {
  /** The run's project directory, absolute; absent in runs that an earlier version began: that of the worker. */
  project?: string;
  grant?: RunGrant;
}

/** Made by a run's first act, where the run may use its project directory on every worker and run code of its code roots. */
export interface RunGrant {
  /** SHA-256 (hex) of the plan without its grant. */
  plan: string;
  /** HMAC-SHA256 (hex) of run id, project and that digest, by the key of PAWL_HOME. */
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
  /** In an order in which every stage comes after its needs; ties by order of appearance. */
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
  /** An expression without braces; absent: run when all needs succeeded. */
  if?: string;
  retry: RetryPlan;
  /** Longest time one attempt may take, ms. */
  timeoutMs: number;
  /** A worker that sends no heartbeat for this long is considered lost, ms. */
  heartbeatMs: number;
  checkpoint: { everyMs: number; keep: number };
  resources: { gpu: number };
  /** true: a result of the same key is used; a number: only if younger, ms. */
  cache: boolean | number;
  onFailure: "fail" | "park" | "continue";
  /** Where the stage stands in the definition. */
  line: number;
}

export interface RetryPlan {
  /** Attempts in all for failures of class io, timeout. */
  maxAttempts: number;
  /** Wait before the second attempt, ms. */
  intervalMs: number;
  /** The wait grows by this factor. */
  factor: number;
  maxIntervalMs: number;
  /** How long a full disk is waited for, ms; plans of earlier versions do not say. */
  diskWaitMs?: number;
  /** Further attempts allowed for a class; counted from the last attempt that made progress. */
  on: { preempted: number; lost: number; outOfMemory: number };
}
