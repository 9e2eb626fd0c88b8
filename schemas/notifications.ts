import type { ErrorCode } from "../platform/errors.js";
import type { Json } from "../platform/json.js";
import type { RetryPlan } from "./retry-plan.js";

/**
 * What a webhook can be notified of: how a run ended, or that one of its stages waits for people.
 */
export const notifyEvents = ["failed", "parked", "waiting", "succeeded", "cancelled"] as const;
export type NotifyEvent = (typeof notifyEvents)[number];

/** A webhook of a plan. */
export interface Webhook {
  /** May hold `${{ }}`, secrets included. */
  url: string;
  on: NotifyEvent[];
  /** JSON or text whose strings may hold `${{ }}`; absent: a JSON with a `text`. */
  body?: Json;
  retry: Pick<RetryPlan, "maxAttempts" | "intervalMs" | "factor" | "maxIntervalMs">;
}

/** The event. Expressions in `body` see its fields as `run.NAME`, null if absent. */
export interface RunEvent {
  status: NotifyEvent;
  /** The stage that failed, is parked or waits. */
  stage?: string;
  code?: ErrorCode;
  message?: string;
}

/** Names after `run.` that only `body` can use. */
export const runEventNames = ["status", "stage", "code", "message", "address"] as const satisfies readonly (
  | keyof RunEvent
  | "address"
)[];

/** The input of the workflow that notifies one webhook of one event. */
export interface NotificationRequest {
  /** Index of the webhook in the run's plan. */
  webhook: number;
  event: RunEvent;
  retry: Webhook["retry"];
  /** The run's store. */
  store?: string;
}

/** The input of that workflow's local activities. */
export interface Delivery extends Omit<NotificationRequest, "retry"> {
  runId: string;
  /** Equal for every attempt, so that the receiver can recognize duplicates. */
  key: string;
}

/** A notification that could not be delivered. */
export interface Undelivered extends Delivery {
  code: ErrorCode;
  reason: string;
}
