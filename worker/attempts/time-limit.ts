import { programGraceMs } from "../../activities/command/program.js";
import { PawlError } from "../../platform/errors.js";

/** When to stop an attempt and when to kill its programs, ms after its start. */
export interface TimeLimit {
  stopMs: number;
  killMs: number;
}

/**
 * An attempt is stopped so long before its timeout that it can save a last checkpoint while it
 * still holds the stage: its programs have their full time between SIGTERM and SIGKILL, and a third
 * of that remains to take what they have saved. Of a timeout under four minutes, a sixth.
 */
export function timeLimit(timeoutMs: number): TimeLimit {
  const graceMs = Math.min(programGraceMs, timeoutMs / 8);
  const takingMs = graceMs / 3;
  return { stopMs: timeoutMs - graceMs - takingMs, killMs: timeoutMs - takingMs };
}

/** Why an attempt is stopped before its timeout. */
export function timedOut(): PawlError {
  return new PawlError("STAGE_TIMEOUT", "the attempt did not end within the stage's timeout", {
    next: "raise `timeout`, or reduce the work of the stage",
  });
}

/** Longest time of a timer of Node.js, ms. */
const maxTimerMs = 2 ** 31 - 1;

/** Calls a function after a delay of any length. @returns a function that prevents it */
export function after(ms: number, act: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (remainingMs: number): void => {
    const next = Math.min(remainingMs, maxTimerMs);
    timer = setTimeout(() => (remainingMs > next ? wait(remainingMs - next) : act()), next);
  };
  wait(ms);
  return () => clearTimeout(timer);
}
