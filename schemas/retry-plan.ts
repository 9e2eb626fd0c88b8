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
