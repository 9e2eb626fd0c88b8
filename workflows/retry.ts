import type { FailureClass } from "../platform/errors.js";
import type { RetryPlan } from "../schemas/plan.js";
import type { Progress, RetryCount } from "../schemas/run.js";

export const noRetries: RetryCount = { io: 0, preempted: 0, lost: 0, outOfMemory: 0, farthest: 0 };

/** Whether another attempt follows a failed one: after how long, and the new count; or why not. */
export type RetryDecision =
  { retry: true; waitMs: number; count: RetryCount } | { retry: false; why: string; count: RetryCount };

/**
 * Decides on another attempt after a failed one. Each class of failure has its own budget:
 * - io, timeout: `maxAttempts` attempts in all, with exponential waits;
 * - preempted, lost: `on.preempted`, `on.lost` further attempts since the last one that got farther than all before
 *   it; the first follows at once;
 * - outOfMemory: `on.outOfMemory` further attempts;
 * - configuration, divergence, internal: none, for the same attempt would fail the same way.
 * @param before the count before this failure
 * @param reached how far the failed attempt got, if it told
 */
export function decideRetry(
  plan: RetryPlan,
  before: RetryCount,
  failure: FailureClass,
  reached?: Pick<Progress, "done" | "checkpointStep">,
): RetryDecision {
  const count = withReach(before, reached);
  switch (failure) {
    case "io":
    case "timeout":
      count.io++;
      return count.io < plan.maxAttempts
        ? { retry: true, waitMs: waitBefore(plan, count.io), count }
        : { retry: false, why: `all ${plan.maxAttempts} attempts are used up`, count };
    case "preempted":
    case "lost":
    case "outOfMemory": {
      const used = ++count[failure];
      const budget = plan.on[failure];
      if (used > budget) return { retry: false, why: budgetSpent(failure, budget), count };
      const atOnce = failure !== "outOfMemory";
      return { retry: true, waitMs: waitBefore(plan, atOnce ? used - 1 : used), count };
    }
    case "configuration":
    case "divergence":
    case "internal":
      return { retry: false, why: "another attempt would fail in the same way", count };
  }
}

/** A checkpoint farther than every one before starts the budgets of lost and preempted anew: work that none holds is lost as well. */
function withReach(before: RetryCount, reached?: Pick<Progress, "done" | "checkpointStep">): RetryCount {
  const reach = reached?.checkpointStep ?? 0;
  return reach > before.farthest ? { ...before, preempted: 0, lost: 0, farthest: reach } : { ...before };
}

/** The wait, ms, before the retry after the given number of failures; none after zero. */
function waitBefore(plan: RetryPlan, failures: number): number {
  return failures === 0 ? 0 : Math.min(plan.intervalMs * plan.factor ** (failures - 1), plan.maxIntervalMs);
}

function budgetSpent(failure: "preempted" | "lost" | "outOfMemory", budget: number): string {
  return budget === 0
    ? `retry.on.${failure} is 0`
    : `retry.on.${failure} allows ${budget} without progress between them`;
}
