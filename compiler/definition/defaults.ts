import type { PlannedStage } from "../../schemas/plan.js";

/** The settings of a stage if neither it nor the pipeline's `defaults` sets them. */
export const DEFAULTS = {
  seed: 0,
  retry: {
    maxAttempts: 3,
    interval: "1s",
    factor: 2,
    maxInterval: "1m",
    diskWait: "10m",
    on: { preempted: 50, lost: 50, outOfMemory: 1 },
  },
  timeout: "24h",
  heartbeat: "30s",
  checkpoint: { every: "1m", keep: 3 },
  resources: { gpu: 0 },
  cache: true,
  notify: { retry: { maxAttempts: 8, interval: "1s", factor: 4, maxInterval: "10m" } },
  concurrency: { limit: 1, onLimit: "queue" },
  schedule: { timeZone: "UTC", overlap: "skip", catchUp: "1d" },
  onFailure: "fail" as PlannedStage["onFailure"],
} as const;

/** Limits of what is accepted. */
export const LIMITS = {
  /** A definition's text, UTF-16 code units. */
  textLength: 1 << 20,
  /** Values in a definition, every alias written out. */
  values: 100_000,
  /** Levels of nested maps and lists. */
  depth: 64,
  /**
   * Shortest `heartbeat`, ms: a worker process that is busy may send none for two seconds
   * (worker/supervision/standby-heartbeats.ts).
   */
  heartbeatMs: 3000,
  /** Shortest `interval` and `catchUp` of a schedule, ms: the server accepts no shorter ones. */
  intervalMs: 1000,
  catchUpMs: 10_000,
} as const;
