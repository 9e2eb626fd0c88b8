import type { FailureClass } from "../platform/errors.js";
import type { RetryCount } from "../schemas/run.js";
import type { RetryPlan } from "../schemas/retry-plan.js";
import type { Progress } from "../schemas/stage-result.js";

export const noRetries: RetryCount = { io: 0, preempted: 0, lost: 0, outOfMemory: 0, farthest: 0 };

/**
 * Further attempts, without progress between them, after failures that mostly repeat themselves.
 */
const furtherAttempts = { crash: 2, ruleTimeout: 2 } as const;

/** How long to wait for a full disk, ms, if the plan does not say: plans of earlier versions. */
const diskWaitMs = 600_000;

/** Whether a failed attempt is retried: the wait and the new count, or the reason why not. */
export type RetryDecision =
  | { retry: true; waitMs: number; count: RetryCount }
  | { retry: false; why: string; count: RetryCount };

/** What is known about a failed attempt. */
export interface FailedAttempt {
  class: FailureClass;
  /** How far it got, if it reported that. */
  reached?: Pick<Progress, "done" | "checkpointStep"> | undefined;
  /**
   * The server was unavailable meanwhile: the attempt uses up no budget, and the next one follows
   * immediately.
   */
  serverAway?: boolean | undefined;
  /** When it failed, ms. */
  atMs: number;
}

/**
 * Decides whether a failed attempt is retried. Each class of failure has its own budget, which a
 * checkpoint beyond all earlier ones renews (except that of outOfMemory):
 * - io, timeout: `maxAttempts` attempts, with exponential waits;
 * - diskFull: attempts with exponential waits until `diskWaitMs` have passed since the first that
 *   found it full;
 * - any, if the server itself was unavailable for longer than the heartbeat: no budget is used up;
 * - preempted, lost: `on.preempted`, `on.lost` further attempts; the first follows immediately;
 * - crash, ruleTimeout: two further attempts each;
 * - outOfMemory: `on.outOfMemory` further attempts;
 * - configuration, divergence, internal: none, because the next attempt would fail in the same way.
 * @param before the count before this failure
 */
export function decideRetry(plan: RetryPlan, before: RetryCount, failed: FailedAttempt): RetryDecision {
  const count = withReach(before, failed.reached);
  if (failed.serverAway) return { retry: true, waitMs: 0, count };
  switch (failed.class) {
    case "io":
    case "timeout":
      count.io++;
      return count.io < plan.maxAttempts
        ? { retry: true, waitMs: waitBefore(plan, count.io), count }
        : { retry: false, why: `all ${plan.maxAttempts} attempts are used up`, count };
    case "diskFull":
      return waitForDisk(plan, count, failed.atMs);
    case "preempted":
    case "lost":
    case "outOfMemory": {
      const used = ++count[failed.class];
      const budget = plan.on[failed.class];
      if (used > budget) return { retry: false, why: budgetSpent(failed.class, budget), count };
      const atOnce = failed.class !== "outOfMemory";
      return { retry: true, waitMs: waitBefore(plan, atOnce ? used - 1 : used), count };
    }
    case "crash":
    case "ruleTimeout": {
      const used = (count[failed.class] = (count[failed.class] ?? 0) + 1);
      const budget = furtherAttempts[failed.class];
      return used > budget
        ? { retry: false, why: `it failed in this way ${used} times without progress between them`, count }
        : { retry: true, waitMs: waitBefore(plan, used), count };
    }
    case "configuration":
    case "divergence":
    case "internal":
      return { retry: false, why: "another attempt would fail in the same way", count };
  }
}

/**
 * How a run that begins waits for a full disk, for as long as its plan says, or the usual time if
 * that is not known.
 */
export const loadRetry = { intervalMs: 2000, factor: 2, maxIntervalMs: 30_000 };

/**
 * Somebody has to clear a full disk, which takes longer than the waits between attempts, so it uses
 * up no attempts.
 */
export function waitForDisk(
  plan: Pick<RetryPlan, "intervalMs" | "factor" | "maxIntervalMs" | "diskWaitMs">,
  count: RetryCount,
  nowMs: number,
): RetryDecision {
  const window = plan.diskWaitMs ?? diskWaitMs;
  const full = { sinceMs: count.disk?.sinceMs ?? nowMs, attempts: (count.disk?.attempts ?? 0) + 1 };
  const remainingMs = full.sinceMs + window - nowMs;
  count.disk = full;
  if (remainingMs <= 0)
    return { retry: false, why: `the disk has been full for ${window / 1000} s (retry.diskWait)`, count };
  return { retry: true, waitMs: Math.min(waitBefore(plan, full.attempts), remainingMs), count };
}

/**
 * A checkpoint beyond all earlier ones renews the budgets; progress that no checkpoint holds does
 * not.
 */
function withReach(before: RetryCount, reached: FailedAttempt["reached"]): RetryCount {
  const reach = reached?.checkpointStep ?? 0;
  if (reach <= before.farthest) return { ...before };
  return { io: 0, preempted: 0, lost: 0, outOfMemory: before.outOfMemory, farthest: reach };
}

/** The wait, ms, before the retry after the given number of failures; none after zero. */
export function waitBefore(plan: Pick<RetryPlan, "intervalMs" | "factor" | "maxIntervalMs">, failures: number): number {
  // No interval times an infinite factor is no number.
  const factor = Math.min(plan.factor ** (failures - 1), Number.MAX_VALUE);
  return failures === 0 ? 0 : Math.min(plan.intervalMs * factor, plan.maxIntervalMs);
}

function budgetSpent(failure: "preempted" | "lost" | "outOfMemory", budget: number): string {
  if (budget === 0) return `retry.on.${failure} is 0`;
  const counted = failure === "outOfMemory" ? "in all" : "without progress between them";
  return `retry.on.${failure} allows ${budget} ${counted}`;
}
