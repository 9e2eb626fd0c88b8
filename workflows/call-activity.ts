import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
} from "@temporalio/workflow";
import type { ErrorCode, ErrorFacts } from "../platform/errors.js";
import type { Json } from "../platform/json.js";
import type { ActivityCall, ActivityTask, CalledActivity } from "../schemas/activity.js";
import type { PlannedStage } from "../schemas/plan.js";
import { readProgress, type StageRequest } from "../schemas/run.js";
import { attemptName } from "./activities.js";
import { stageFailure } from "./failure.js";

/**
 * Maximum result of a user's activity, UTF-16 code units of JSON: history and the second half of
 * the attempt hold it.
 */
const largestResult = 65_536;

/**
 * Error types of a user's activity that are codes of Pawl's, each with its own budget of retries.
 */
const ownCodes: readonly ErrorCode[] = ["PREEMPTED", "OUT_OF_MEMORY", "DIVERGED"];

/**
 * Calls a user's activity on its own task queue, between the two halves of an attempt. Waits until
 * a worker serves the queue. When canceled, the activity saves a checkpoint and ends.
 * @throws ApplicationFailure in the form of a stage's; TimeoutFailure; CancelledFailure
 */
export async function callActivity(
  stage: PlannedStage,
  request: StageRequest,
  { activity, taskQueue, notRetried, directory, task }: ActivityCall,
): Promise<CalledActivity> {
  const activities = proxyActivities<Record<string, (task: ActivityTask) => Promise<Json | undefined>>>({
    activityId: `${stage.id}/${request.attempt}/call`,
    taskQueue,
    startToCloseTimeout: stage.timeoutMs,
    heartbeatTimeout: stage.heartbeatMs,
    retry: { maximumAttempts: 1 },
    cancellationType: "WAIT_CANCELLATION_COMPLETED",
    summary: attemptName(request),
  });
  const where = `activity ${activity} on task queue ${taskQueue}`;
  const result = await activities[activity]!(task).catch((error: unknown) => {
    throw isCancellation(error) || !(error instanceof ActivityFailure) ? error : asStages(error, where, notRetried);
  });
  const { length } = JSON.stringify(result ?? null);
  if (length > largestResult)
    throw failing("STAGE_INVALID", "the activity returned too much", {
      where,
      expected: `at most ${largestResult} characters of JSON`,
      got: `${length} characters`,
      next: "let the activity write files, and return metrics only",
    });
  return { directory, result: result ?? null };
}

/** Converts the failure of a user's activity into a stage's failure. */
function asStages({ cause }: ActivityFailure, where: string, notRetried: readonly string[]): Error {
  if (cause instanceof TimeoutFailure)
    return new TimeoutFailure(cause.message, readProgress(cause.lastHeartbeatDetails), cause.timeoutType);
  if (!(cause instanceof ApplicationFailure)) return failing("STAGE_FAILED", cause?.message ?? "it failed", { where });
  const { type, message, nonRetryable, details } = cause;
  const own = ownCodes.find((code) => code === type);
  const isRefused = nonRetryable === true || notRetried.includes(type ?? "");
  const next = isRefused
    ? "correct what it reports, then resume the run"
    : "nothing, if the retry succeeds; else correct what it reports";
  const described = own === undefined && type ? `${type}: ${message}` : message;
  return failing(own ?? (isRefused ? "STAGE_REFUSED" : "STAGE_FAILED"), described, { where, next }, details?.[0]);
}

function failing(code: ErrorCode, message: string, facts: ErrorFacts, reached?: unknown): ApplicationFailure {
  const details = [stageFailure(code, message, facts), readProgress(reached) ?? null];
  return ApplicationFailure.create({ message, type: code, nonRetryable: true, details });
}
