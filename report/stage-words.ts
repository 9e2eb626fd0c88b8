import type { StageState, StageStatus } from "../schemas/run.js";
import { duration } from "./values.js";

/** The status in words. */
export const statusWords: Record<StageStatus, string> = {
  queued: "queued",
  running: "running",
  backingOff: "backing off",
  parked: "parked",
  waiting: "waiting",
  succeeded: "succeeded",
  cached: "cached",
  failed: "failed",
  skipped: "skipped",
  cancelled: "canceled",
};

/** The word for a run's status. */
export function runStatusWord(status: string): string {
  return status === "cancelled" ? statusWords.cancelled : status;
}

/**
 * From a stage's start to its end, and how much of this it waited:
 * `57.7 s (45.0 s queued, 3h 10m parked)`.
 */
export function elapsedText(stage: StageState, nowMs: number): string {
  if (stage.startedAtMs === undefined) return "";
  const total = (stage.endedAtMs ?? nowMs) - stage.startedAtMs;
  const { queued = 0, running = 0, backingOff = 0, parked = 0, waiting = 0 } = stage.spentMs ?? {};
  const inQueue = queued + running + backingOff - (stage.workedMs ?? running);
  const waits = [
    ["queued", inQueue],
    ["parked", parked],
    ["waiting for people", waiting],
  ] as const;
  const waited = waits.filter(([, ms]) => ms >= 1000 && ms >= total / 10).map(([why, ms]) => `${duration(ms)} ${why}`);
  return duration(total) + (waited.length > 0 ? ` (${waited.join(", ")})` : "");
}
