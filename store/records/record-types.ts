/**
 * What the records of the store hold. Each kind is read and written by the file that has its name.
 */
import type { JsonObject } from "../../platform/json.js";
import type { Plan } from "../../schemas/plan.js";
import type { ParentStage, RunState } from "../../schemas/run.js";
import type { StageResult } from "../../schemas/stage-result.js";
import type { StageType } from "../../schemas/stages/index.js";

/** The hardware by which libraries choose their kernels. */
export interface Hardware {
  /** Architecture and the instruction sets that matter: "x64 avx2 fma". */
  processor: string;
  /** Model of the GPU that a stage computed on. */
  gpu?: string;
}

/** Everything a stage's result depends on. Artifacts appear in `with` by digest. */
export interface StageIdentity {
  uses: StageType;
  /** The stage type's code version. */
  version: number;
  /**
   * Resolved, checked, without the fields that equal their defaults: a new field with a default
   * changes no key.
   */
  with: JsonObject;
  seed: number;
  /** Compute flags and device kind, for stages that compute with tensors; else null. */
  compute: string | null;
  /**
   * Fingerprint of the stage's inputs that are neither settings nor artifacts (a file, a package);
   * null if there are none.
   */
  source: string | null;
  /** Versions of the libraries that can change its result, by name; absent if it uses none. */
  libraries?: Record<string, string>;
}

/** Where a result comes from; not part of any digest. */
export interface Lineage {
  runId: string;
  stage: string;
  /** ISO 8601. */
  startedAt: string;
  endedAt: string;
  machine: string;
  /** Facts that can change bits and are not part of the key. */
  hardware?: Hardware;
}

export interface ResultRecord extends StageIdentity, StageResult {
  key: string;
  lineage: Lineage;
  /**
   * Steps in its metrics history: a reader notices when some are missing. Absent in records of
   * earlier builds.
   */
  steps?: number;
}

/** The record of a stage's last identity. */
export interface LatestRecord {
  pipeline: string;
  stage: string;
  identity: StageIdentity;
}

/** A run's own copy of its plan. */
export interface PlanRecord {
  runId: string;
  plan: Plan;
  /** The stage that has prepared the run, if it is a child. */
  parent?: ParentStage;
}

/** The record of a run that remains when the server that ran it no longer exists. */
export interface RunRecord extends RunState {
  runId: string;
  /** ISO 8601. */
  startedAt: string;
  endedAt?: string;
  /**
   * The first execution of the workflow that the record belongs to; absent in records of earlier
   * versions.
   */
  execution?: string;
}

/** The last step of each metric that a tracker has. */
export type LastSteps = Readonly<Record<string, number>>;

/** What a tracker has of a stage, and why it does not have more. */
export interface Delivery {
  tracker: string;
  runId: string;
  stage: string;
  key: string;
  last: LastSteps;
  /** `startedAtMs` of the attempt of which it has everything, its end included. */
  completed?: number;
  problem?: {
    message: string;
    /** The tracker will refuse it again: it is not tried again before the workers are restarted. */
    refused: boolean;
    next: string;
  };
}

/** How an attempt ended; a preempted one has not: the next one continues it. */
export interface TrackedEnd {
  status: "succeeded" | "failed" | "cancelled";
  /** Epoch ms. */
  atMs: number;
  /** The result's. */
  metrics: Record<string, number>;
}

/** An attempt at a stage whose curves trackers receive. */
export interface TrackedAttempt {
  runId: string;
  pipeline: string;
  stage: string;
  uses: string;
  /** Of the stage: names its metrics history. */
  key: string;
  attempt: number;
  /** Epoch ms. */
  startedAtMs: number;
  /** The stage's settings, as text. */
  parameters: Record<string, string>;
  end?: TrackedEnd;
}
