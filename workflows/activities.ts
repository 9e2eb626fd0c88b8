import { proxyActivities, proxyLocalActivities } from "@temporalio/workflow";
import type { Plan, PlannedStage } from "../schemas/plan.js";
import { taskQueues, type PrepareRequest, type PrepareResult, type RunRequest, type RunState } from "../schemas/run.js";
import type { StageRequest, StageResult } from "../schemas/run.js";

/**
 * Bookkeeping, run inside the workflow worker as local activities: quick, and never behind a stage that keeps a slot
 * busy. A failure of theirs is decided upon by the workflow, so the server's retries are off.
 */
export interface LocalActivities {
  /** Loads, checks and compiles the definition that a run was asked for, and keeps the run's copy in the store. */
  loadPlan(request: RunRequest): Promise<Plan>;
  /** Checks a stage's `with`, computes its key, and looks for a result of that key. */
  prepare(request: PrepareRequest): Promise<PrepareResult>;
  /** Does the work of a stage that takes milliseconds. */
  runBrief(request: StageRequest): Promise<StageResult>;
  /** Keeps how a run ended, for when the server no longer knows it. */
  recordEnd(state: RunState): Promise<void>;
}

export const { loadPlan, prepare, runBrief, recordEnd } = proxyLocalActivities<LocalActivities>({
  startToCloseTimeout: "1 minute",
  retry: { maximumAttempts: 1 },
});

/**
 * One attempt at a stage, in a slot's process. Cancelling it lets it save a checkpoint and end; the workflow waits for
 * that, so that nothing of a run goes on after the run has ended.
 */
export function attemptStage(stage: PlannedStage, request: StageRequest): Promise<StageResult> {
  const activities = proxyActivities<Record<string, (request: StageRequest) => Promise<StageResult>>>({
    // Tells whoever lists pending activities (`pawl watch`, the UI) which stage this is.
    activityId: `${stage.id}/${request.attempt}`,
    taskQueue: stage.resources.gpu > 0 ? taskQueues.gpu : taskQueues.cpu,
    startToCloseTimeout: stage.timeoutMs,
    heartbeatTimeout: stage.heartbeatMs,
    retry: { maximumAttempts: 1 },
    cancellationType: "WAIT_CANCELLATION_COMPLETED",
    summary: request.attempt === 1 ? stage.id : `${stage.id}, attempt ${request.attempt}`,
  });
  return activities[stage.uses]!(request);
}
