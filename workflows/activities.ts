import { proxyActivities, proxyLocalActivities } from "@temporalio/workflow";
import type { Json, JsonObject } from "../platform/json.js";
import type { GroupMember, JoinRequest } from "../schemas/concurrency.js";
import type { ItemsRequest } from "../schemas/foreach.js";
import type { Delivery, Undelivered } from "../schemas/notifications.js";
import type { Plan, PlannedStage } from "../schemas/plan.js";
import {
  stageQueue,
  type PrepareChildRequest,
  type PrepareRequest,
  type PrepareResult,
  type ContinuationRequest,
  type LoadedPlan,
  type RecordedState,
  type RunRequest,
} from "../schemas/run.js";
import type { AnswersRequest, ChangeRequest, OutageQuestion, StageOutcome, StageRequest } from "../schemas/run.js";
import { atOwnStore } from "./own-store.js";

/**
 * Bookkeeping, run inside the workflow worker as local activities: they are quick, and never wait
 * for a busy worker process.
 */
export interface LocalActivities {
  /**
   * Loads, checks and compiles the definition that a run's request names, and keeps the run's copy
   * in the store. Earlier versions returned the plan alone.
   */
  loadPlan(request: RunRequest | null | undefined, execution: string): Promise<LoadedPlan | Plan>;
  /** Signs what a run carries over when it continues as new. */
  signContinuation(request: ContinuationRequest): Promise<string>;
  /** Checks that signature after the run has continued as new. */
  checkContinuation(request: ContinuationRequest): Promise<void>;
  /**
   * Checks a stage's `with`, computes its key, and looks for a result of that key. If there is none
   * and the work takes milliseconds, it is done immediately.
   */
  prepare(request: PrepareRequest): Promise<PrepareResult>;
  /**
   * Checks and compiles the pipeline that a stage runs. Returns the request that starts its run.
   */
  prepareChild(request: PrepareChildRequest): Promise<RunRequest>;
  /** Reads the list of a stage with `foreach` from an artifact. */
  readItems(request: ItemsRequest): Promise<Json>;
  /**
   * Runs a stage that takes milliseconds: `prepare` of an earlier version has left it to the
   * workflow.
   */
  runBrief(request: StageRequest): Promise<StageOutcome>;
  /**
   * Whether the server was unavailable for a while; called when an attempt timed out for lack of
   * heartbeats.
   */
  wasServerAway(question: OutageQuestion): Promise<boolean>;
  /**
   * Checks the changed settings of a parked stage, and logs the change. Returns the signature that
   * later shows that they were accepted.
   */
  checkChanges(request: ChangeRequest): Promise<string>;
  /** Checks what a person has filled in. Returns it with defaults filled in. */
  checkAnswers(request: AnswersRequest): Promise<JsonObject>;
  /** Records the state of a run while it continues: people's choices and actions. */
  recordProgress(state: RecordedState): Promise<void>;
  /** Asks for a place in a concurrency group, whose workflow is started if it does not run. */
  joinGroup(request: JoinRequest): Promise<void>;
  /** Returns for each member of a group whether its run has ended. */
  haveEnded(members: readonly GroupMember[]): Promise<boolean[]>;
  /** Whether the server has the search attributes of runs. */
  isListed(): Promise<boolean>;
  /** Sends a notification to its webhook. */
  deliver(delivery: Delivery): Promise<void>;
  /** Records that a notification could not be delivered. */
  recordUndelivered(undelivered: Undelivered): Promise<void>;
  /**
   * Records how a run ended, for when the server no longer knows it. Returns the receipt of a
   * child's outputs.
   */
  recordEnd(state: RecordedState): Promise<string | undefined>;
}

const startToCloseTimeout = "1 minute";

/**
 * They belong to no stage that could be retried, so transient errors (class io) are retried here.
 */
const ofRun = proxyLocalActivities<LocalActivities>({
  startToCloseTimeout,
  retry: { initialInterval: "500 milliseconds", maximumAttempts: 5 },
});

export const { recordProgress, haveEnded, isListed } = ofRun;

export function loadPlan(request: RunRequest | null | undefined, execution: string): Promise<LoadedPlan | Plan> {
  return atOwnStore(() => ofRun.loadPlan(request, execution));
}

export function signContinuation(request: ContinuationRequest): Promise<string> {
  return atOwnStore(() => ofRun.signContinuation(request));
}

export function checkContinuation(request: ContinuationRequest): Promise<void> {
  return atOwnStore(() => ofRun.checkContinuation(request));
}

export function recordEnd(state: RecordedState): Promise<string | undefined> {
  return atOwnStore(() => ofRun.recordEnd(state));
}

export function recordUndelivered(undelivered: Undelivered): Promise<void> {
  return atOwnStore(() => ofRun.recordUndelivered(undelivered));
}

/** Retried without a limit: a run must not fail because it cannot ask for its place. */
export const { joinGroup } = proxyLocalActivities<LocalActivities>({
  startToCloseTimeout,
  retry: { initialInterval: "500 milliseconds", maximumInterval: "1 minute" },
});

/** The sender of the update receives their result. */
export const { checkChanges, checkAnswers } = proxyLocalActivities<LocalActivities>({
  startToCloseTimeout,
  retry: { initialInterval: "500 milliseconds", maximumAttempts: 3 },
});

/** Their failures are failures of the stage: the workflow decides about another attempt. */
const ofStage = proxyLocalActivities<LocalActivities>({ startToCloseTimeout, retry: { maximumAttempts: 1 } });

export function prepare(request: PrepareRequest): Promise<PrepareResult> {
  return ofStage.prepare.executeWithOptions({ summary: request.stage }, [request]);
}

export function readItems(request: ItemsRequest): Promise<Json> {
  return ofStage.readItems.executeWithOptions({ summary: request.stage }, [request]);
}

/** Transient errors (class io) are retried here: the stage itself has no attempts. */
export function prepareChild(request: PrepareChildRequest): Promise<RunRequest> {
  const retry = { initialInterval: "500 milliseconds", maximumAttempts: 5 } as const;
  const { prepareChild: prepared } = proxyLocalActivities<LocalActivities>({ startToCloseTimeout, retry });
  return prepared.executeWithOptions({ summary: request.stage }, [request]);
}

export function wasServerAway(question: OutageQuestion): Promise<boolean> {
  return ofStage.wasServerAway(question);
}

/** The workflow makes further attempts. */
export function deliver(delivery: Delivery): Promise<void> {
  return atOwnStore(() => ofStage.deliver(delivery));
}

export function runBrief(request: StageRequest): Promise<StageOutcome> {
  return ofStage.runBrief.executeWithOptions({ summary: attemptName(request) }, [request]);
}

/**
 * One attempt at a stage, in a worker process. When canceled, it saves a checkpoint and ends. The
 * workflow waits for that, so that nothing continues after the run has ended.
 */
export function attemptStage(stage: PlannedStage, request: StageRequest): Promise<StageOutcome> {
  const half = request.called === undefined ? "" : "/end";
  const activities = proxyActivities<Record<string, (request: StageRequest) => Promise<StageOutcome>>>({
    // Shows in lists of pending activities (`pawl watch`, the UI) which stage this is.
    activityId: `${stage.id}/${request.attempt}${half}`,
    taskQueue: stageQueue(stage.resources.gpu > 0, request.store),
    startToCloseTimeout: stage.timeoutMs,
    heartbeatTimeout: stage.heartbeatMs,
    retry: { maximumAttempts: 1 },
    cancellationType: "WAIT_CANCELLATION_COMPLETED",
    summary: attemptName(request),
  });
  return activities[stage.uses]!(request);
}

/** What the UI shows beside an activity of a stage. */
export function attemptName({ stage, attempt }: StageRequest): string {
  return attempt === 1 ? stage : `${stage}, attempt ${attempt}`;
}
