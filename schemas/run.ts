import type { ActivityCall, CalledActivity } from "./activity.js";
import type { ArtifactRef } from "./artifact.js";
import type { ComputeFingerprint } from "./compute.js";
import type { ApprovalRequest, ApprovalState, GivenAnswer } from "./approvals.js";
import type { GivenChoices, ChoiceRequest, ChoiceRequestState } from "./choices.js";
import type { ErrorCode, ErrorFacts, FailureClass } from "../platform/errors.js";
import { isObject, type Json, type JsonObject } from "../platform/json.js";
import type { DefinitionFiles, Plan } from "./plan.js";
import type { SecretPlace } from "./secrets.js";
import type { StageType } from "./stages/index.js";
import type { Progress, StageResult } from "./stage-result.js";

/** Name of the workflow type: `temporal workflow start --type pipeline --task-queue pawl`. */
export const workflowType = "pipeline";
/** Task queues: workflow tasks use `pawl`; stages use queues of their store, named after these. */
export const taskQueues = { cpu: "pawl", gpu: "pawl-gpu" } as const;

/**
 * The queue of a store's stages: a worker takes the tasks of its own store only.
 * @param store undefined in older runs
 */
export function stageQueue(gpu: boolean, store: string | undefined): string {
  const queue = gpu ? taskQueues.gpu : taskQueues.cpu;
  return store === undefined ? queue : `${queue}-${store}`;
}

/** The workflow's input. Exactly one of pipeline, definition, plan and planDigest. */
export interface RunRequest {
  /**
   * Name of a file in pipelines/ (without .yaml or .yml), or a path below the working directory.
   */
  pipeline?: string;
  /** The YAML text itself. */
  definition?: string;
  /** The file that `definition` came from, as messages name it. */
  file?: string;
  /** The project directory, absolute; absent: that of the workers. */
  project?: string;
  /**
   * Made with the key of the workers' PAWL_HOME: the run may use `project` and run code. See
   * worker/authority/.
   */
  signature?: string;
  /** The schedule that starts the run: its signature is valid for all runs of the schedule. */
  schedule?: string;
  inputs?: JsonObject;
  seed?: number;
  /** The definitions that `definition` names; absent: those of the project. */
  files?: DefinitionFiles;
  /** A compiled plan: continue-as-new, and runs of a plan that nobody has signed. */
  plan?: Plan;
  /**
   * SHA-256 (hex) of the plan that the store keeps for this run: a child, and a run that is
   * resumed.
   */
  planDigest?: string;
  /** The stage that the run is, if it is a child. */
  parent?: ParentStage;
  /**
   * The states of stages so far. `loadPlan` takes over what it can verify; continue-as-new carries
   * all of them over.
   */
  stages?: Record<string, StageState>;
  /**
   * Shows that this request is what the run carried over when it continued as new. See
   * worker/authority/.
   */
  continuation?: string;
  /** The store that holds their results; absent: that of the worker that begins the run. */
  store?: string;
  /** Since when the run has been paused, which continue-as-new carries over. Epoch ms. */
  pausedSinceMs?: number;
  /**
   * For a child, the pause of its parent, or null if the parent is not paused. Absent if an earlier
   * version prepared the child.
   */
  parentPause?: ParentPause | null;
}

/** The pause of a run, as its children know it. */
export interface ParentPause {
  /** Epoch ms. */
  sinceMs: number;
  /** The paused run: the parent, or a run above it. */
  by: string;
}

/** The signal with which a parent hands its pause on to a child; null: it is not paused anymore. */
export const pauseSignal = "parentPause";

/** Largest count in a plan or in a state. */
export const largestCount = 1_000_000_000;

/**
 * Priorities of runs: the tasks of a lower one are served first. The usual one is that of a
 * Temporal server.
 */
export const priorities = { first: 1, usual: 3, last: 5 } as const;

export type StageStatus =
  | "queued"
  | "running"
  | "backingOff"
  | "parked"
  | "waiting"
  | "succeeded"
  | "cached"
  | "failed"
  | "skipped"
  | "cancelled";

/** How the terminal and the Temporal UI mark a status. */
export const statusSigns: Record<StageStatus, string> = {
  queued: "○",
  running: "●",
  backingOff: "↻",
  parked: "⏸",
  waiting: "◆",
  succeeded: "✓",
  cached: "↺",
  failed: "✗",
  skipped: "–",
  cancelled: "–",
};

export interface StageFailure {
  code: ErrorCode;
  class: FailureClass;
  message: string;
  facts: ErrorFacts;
}

/** An attempt that ended without a result, and why. */
export interface EndedAttempt {
  attempt: number;
  code: ErrorCode;
  /** Its first line. */
  message: string;
  /** Epoch ms. */
  atMs: number;
}

/** Why an attempt missed its heartbeats. */
export const unheardMessages = {
  lost: "the worker sent no heartbeat for longer than the stage's `heartbeat` allows",
  outage: "the server was away for longer than the stage's `heartbeat` allows",
} as const;

/** One stage of a run, as the query `state` returns it. */
export interface StageState {
  id: string;
  uses: StageType;
  /** The values of its combination, for a member of a matrix. For `foreach`: item and index. */
  combination?: JsonObject;
  status: StageStatus;
  /** Attempts begun. */
  attempts: number;
  key?: string;
  /**
   * What its first attempt computed with, and all later ones do, too; absent for a stage without
   * tensors.
   */
  compute?: ComputeFingerprint;
  outputs: Record<string, ArtifactRef>;
  metrics: Record<string, number>;
  /** Shows that a worker of the run's store returned this result. See worker/authority/. */
  receipt?: string;
  /** A child's outputs that are not artifacts. */
  values?: JsonObject;
  /** The stage's child run, once started. */
  child?: ChildRun;
  failure?: StageFailure;
  /**
   * Its newest attempts that ended without a result, the oldest first; the run's log has all of
   * them.
   */
  ended?: EndedAttempt[];
  /** Why it was skipped or canceled, or is parked or queued. */
  reason?: string;
  /** Changes to `with` that came with `retry`, in order: JSON merge patches (RFC 7396). */
  changes?: JsonObject[];
  /** Shows that these changes were accepted. See worker/authority/. */
  changesGrant?: string;
  /**
   * The choices that it requests of people, or requested before it resumed; kept in case the stage
   * has to run again.
   */
  choiceRequest?: ChoiceRequestState;
  /** The approval that it requests of people, or requested before it resumed. */
  approval?: ApprovalState;
  /** What a person filled in. */
  answers?: JsonObject;
  /** Failures counted against the retry budgets, while the stage has not ended. */
  retries?: RetryCount;
  /** The user's activity that the attempt has called and waits for. */
  calls?: Pick<ActivityCall, "activity" | "taskQueue">;
  startedAtMs?: number;
  endedAtMs?: number;
  /** When its status changed last; absent before it was started. */
  sinceMs?: number;
  /** Time that it spent in each status that it has left, ms. */
  spentMs?: Partial<Record<StageStatus, number>>;
  /**
   * Time that workers worked on its attempts, ms. The rest of the time in `running`, it waited for
   * a worker process.
   */
  workedMs?: number;
}

/** A stage of another run, for which this run was started. */
export interface ParentStage {
  run: string;
  stage: string;
}

/** The id of the run of a child: the same whenever its stage is started. */
export const childRunId = (parent: string, stage: string): string => `${parent}.${stage}`;

/** The run of a child, as its parent knows it. */
export interface ChildRun {
  run: string;
  /** Its first execution; a child that is started again has another. Absent once it has ended. */
  execution?: string;
  /** What the run waits for. Absent if it does not wait. */
  asks?: ChildAsks;
}

/**
 * What a child waits for, itself or in a child of its own: an action on a parked stage, an approval
 * or choices.
 */
export interface ChildAsks {
  status: "parked" | "waiting";
  run: string;
  stage: string;
  verb: "retry" | "approve" | "choose";
}

/** The signal with which a child tells its parent that it waits, or that it does so no longer. */
export const childSignal = "child";
export interface ChildNews {
  stage: string;
  /** See ChildRun. */
  execution: string;
  asks?: ChildAsks;
}

/**
 * Failures of a stage that count against its budgets, by class. Progress (see `farthest`) resets
 * all but outOfMemory.
 */
export interface RetryCount {
  /** Failures of the classes io and timeout. */
  io: number;
  preempted: number;
  lost: number;
  outOfMemory: number;
  crash?: number;
  ruleTimeout?: number;
  /** Since when the disk has been full, and how many attempts have failed because of it. */
  disk?: { sinceMs: number; attempts: number };
  /**
   * How far any attempt got: the highest step of a checkpoint that an attempt reported; 0 before
   * the first checkpoint.
   */
  farthest: number;
}

export type RunStatus = "loading" | "running" | "parked" | "waiting" | "paused" | "succeeded" | "failed" | "cancelled";

export interface RunState {
  pipeline: string;
  status: RunStatus;
  plan?: Plan;
  stages: StageState[];
  outputs: Record<string, Json>;
  /** The run waits for a place in its concurrency group, behind these runs, the oldest first. */
  queue?: { group: string; behind: string[] };
  /** No stage is started until the run is unpaused; absent: it is not paused. Epoch ms. */
  pausedSinceMs?: number;
  /**
   * The run above it whose pause also paused this one. Absent if it was paused itself or is not
   * paused.
   */
  pausedBy?: string;
  /** From 1 (its stages are served first) to 5; absent: the usual one. */
  priority?: number;
  /**
   * Notifications that could not be delivered while the run continued. Absent if there are none.
   */
  undelivered?: number;
  /** Id of the store that the run's artifacts are in. */
  store?: string;
  /** The stage that the run is, if it is a child. */
  parent?: ParentStage;
  /**
   * Why it has failed, if no stage has: its outputs, or no place in its group. While it is loading,
   * what it waits for.
   */
  failure?: { code: ErrorCode; message: string };
}

/**
 * A run's state for the store, with the workflow's first execution, to which the record belongs.
 */
export interface RecordedState extends Omit<RunState, "parent"> {
  execution: string;
}

/** What a run carries over when it continues as new. */
export interface ContinuationRequest {
  runId: string;
  /** The execution that continues as new. */
  execution: string;
  request: RunRequest;
}

/** Whether a run with this status has ended. */
export function isOver(status: RunStatus): boolean {
  return ["succeeded", "failed", "cancelled"].includes(status);
}

/**
 * What the workflow returns. A run with a failed stage fails instead, with the same facts in its
 * message; a stage with `onFailure: continue` is listed here as failed. Outputs of a stage that
 * wrote none (failed, skipped) are null.
 */
export interface RunResult {
  outputs: Record<string, Json>;
  /** For a child: proves to its parent that these are its outputs. See worker/authority/. */
  receipt?: string;
  stages: Record<
    string,
    { status: StageStatus; outputs: Record<string, ArtifactRef>; metrics: Record<string, number> }
  >;
}

/** Names of the workflow's query and updates. */
export const queryState = "state";
export const updateNames = { retry: "retry", skip: "skip", abort: "abort" } as const;
/**
 * Names of the updates of a whole run; they take no argument, and return its status and since when
 * it is paused.
 */
export const pauseNames = { pause: "pause", unpause: "unpause" } as const;
export type PauseState = Pick<RunState, "status" | "pausedSinceMs" | "pausedBy">;
/**
 * Update arguments: which parked stage, and for retry the `with` values to change (a JSON merge
 * patch).
 */
export interface ParkedStageAction {
  stage: string;
  with?: JsonObject;
  /**
   * Made with the key of the workers' PAWL_HOME: the change may name code. See worker/authority/.
   */
  signature?: string;
}

/**
 * A stage's checked settings, defaults filled in, as history holds them: the settings themselves
 * or, if they are large, the digest under which the store keeps them for this run. History and its
 * payloads are bounded; the store is not.
 */
export interface SentSettings {
  with?: JsonObject;
  withDigest?: string;
  /** Where secrets belong in the settings; absent if there are none. */
  secrets?: SecretPlace[];
}

/**
 * What a run says of a stage on whose result another one depends; see worker/authority/receipts.ts.
 */
export type StageClaim = Pick<
  StageState,
  "id" | "uses" | "status" | "combination" | "key" | "outputs" | "metrics" | "values" | "answers" | "receipt"
>;

/**
 * The settings of a stage as the workflow has evaluated them, and what it has evaluated them from.
 */
export interface SettingsProposal {
  runId: string;
  stage: string;
  /** Expressions evaluated. */
  with: JsonObject;
  /** The stages that its expressions see, as far as they have ended. */
  states: StageClaim[];
  /** Of a stage that stands for an item of a list. */
  combination?: JsonObject;
  /** Changes to `with` that came with `retry`, in order, and what shows that they were accepted. */
  changes?: JsonObject[];
  changesGrant?: string;
  /** The run's store, once it has one. */
  store?: string;
}

/**
 * A request to the local activity that checks the settings of a parked stage before they are
 * changed.
 */
export interface ChangeRequest extends Omit<SettingsProposal, "with"> {
  /** The change: a JSON merge patch. */
  change: JsonObject;
  /** Signature of the action that requested the change. */
  signature?: string;
  /** Attempts begun. */
  attempts: number;
}

/** A request to the local activity that checks what a person has filled in. */
export interface AnswersRequest {
  stage: string;
  form: JsonObject;
  answers: JsonObject;
}

/**
 * A request to the process for workflows: was the server away for at least `forMs` ms, in part
 * after `sinceMs` (epoch ms)?
 */
export interface OutageQuestion {
  sinceMs: number;
  forMs: number;
  /** The attempt, whose end the run's log then holds; absent in questions of earlier versions. */
  attempt?: { stage: string; number: number };
  /** The run's store, once it has one. */
  store?: string;
}

/**
 * A request to the `prepare` local activity: check the resolved `with`, compute the key, look it
 * up, and allow an attempt.
 */
export interface PrepareRequest extends SettingsProposal {
  /** The number of the attempt that follows, from 1. */
  attempt: number;
  /** What people chose, once a stage that waits for choices may resume. */
  given?: GivenChoices;
  /** How its request for an approval ended. */
  approval?: GivenAnswer;
  /** As set by an earlier attempt of the run. */
  compute?: ComputeFingerprint;
}

/** A request to the local activity that prepares the run of a child. */
export type PrepareChildRequest = SettingsProposal;

export interface PrepareResult {
  /** Absent if the stage's sources are so large that its attempt has to read them. */
  key?: string;
  /** What the stage computes with on every machine; absent for a stage without tensors. */
  compute?: ComputeFingerprint;
  cached?: StageResult & Pick<StageState, "receipt">;
  /** Id of the store that was searched: the run's store from then on. */
  store?: string;
  /** Earlier versions: the work takes milliseconds, and `runBrief` follows. */
  brief?: boolean;
  /**
   * How the attempt ended whose work takes milliseconds: it was made immediately, without waiting
   * for a worker process.
   */
  ended?: EndedBriefly;
  /**
   * The attempt that is allowed, without what people chose and approved, which its ticket covers;
   * absent if there is nothing left to do.
   */
  request?: StageRequest;
}

/** The end of a brief attempt. */
export type EndedBriefly =
  | { outcome: AttemptOutcome }
  | { failed: { failure: StageFailure; reached?: Progress; workMs?: number } };

/**
 * A request to a stage activity (named as the stage type): one attempt, exactly as `prepare` has
 * allowed it.
 */
export interface StageRequest extends SentSettings {
  runId: string;
  /** The pipeline's name. */
  pipeline: string;
  stage: string;
  uses: StageType;
  compute?: ComputeFingerprint;
  /** The run's store. */
  store?: string;
  /** SHA-256 (hex) of the run's plan, which its receipt names. */
  plan: string;
  /** The run's project directory, absolute. */
  project?: string;
  /** The run may use that directory on every worker, and run code. */
  mayRunCode?: boolean;
  seed: number;
  /**
   * Whether a result with the stage's key may come from any run (a number: if it is at most this
   * old, ms) or, if false, only from an earlier attempt of this run's stage.
   */
  reuse: boolean | number;
  attempt: number;
  /** What people chose, once a stage that waits for choices may resume. */
  given?: GivenChoices;
  /** How its request for an approval ended. */
  approval?: GivenAnswer;
  /** What the activity returned that the first half of the attempt has called. */
  called?: CalledActivity;
  checkpoint: { everyMs: number; keep: number };
  /**
   * Shows that `prepare` has allowed exactly this, but for `called`. See
   * worker/authority/tickets.ts.
   */
  ticket?: string;
}

/** What a run begins with. */
export interface LoadedPlan {
  plan: Plan;
  /**
   * What is known about its stages: results that were verified, people's choices, changes that were
   * accepted.
   */
  stages: Record<string, StageState>;
  /** The store that has it, which the run stays with; absent: loaded by an earlier version. */
  store?: string;
}

/**
 * How an attempt ends if it does not fail: with a result, or with a request to people, which
 * another attempt follows.
 */
export type AttemptOutcome = (
  | (StageResult & Pick<StageState, "receipt">)
  | { request: ChoiceRequest }
  | { approval: ApprovalRequest }
) &
  WorkTime;

/**
 * How a stage activity ends: as an attempt does, or with the call of an activity, after which the
 * attempt continues.
 */
export type StageOutcome = AttemptOutcome | CallOutcome;

export type CallOutcome = { call: ActivityCall } & WorkTime;

interface WorkTime {
  /** How long the attempt took in the worker, ms; absent if an earlier attempt left the result. */
  workMs?: number;
}

/** The phase in which an attempt takes the digests of its sources, before its stage starts. */
export const digestPhase = "read sources";

/**
 * Heartbeat details of any worker as progress: what is not of its form is left out.
 * @returns undefined if they hold no progress
 */
export function readProgress(details: unknown): Progress | undefined {
  if (!isObject(details)) return undefined;
  const { phase, done, total, unit, etaSeconds, metrics, checkpointStep } = details;
  if (!isAmount(done) || !isAmount(total)) return undefined;
  const numbers = Object.entries(isObject(metrics) ? metrics : {}).filter(([, value]) => Number.isFinite(value));
  return {
    phase: typeof phase === "string" ? phase.slice(0, 60) : "work",
    done,
    total,
    unit: typeof unit === "string" ? unit.slice(0, 20) : "steps",
    ...(isAmount(etaSeconds) && { etaSeconds }),
    metrics: Object.fromEntries(numbers.slice(0, 100)) as Record<string, number>,
    ...(isAmount(checkpointStep) && Number.isInteger(checkpointStep) && { checkpointStep }),
  };
}

const isAmount = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0;
