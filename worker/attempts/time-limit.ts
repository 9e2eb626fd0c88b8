import { programGraceMs } from "../../activities/command/program.js";
import { PawlError } from "../../platform/errors.js";

/** When an attempt is stopped, and when its programs are killed, ms after its beginning. */
export interface TimeLimit {
  stopMs: number;
  killMs: number;
}

/**
 * An attempt is stopped so long before its timeout that it can save a last checkpoint while it still holds the stage: its
 * programs have their full time between SIGTERM and SIGKILL, and a third of that remains to take what they have saved. Of a
 * timeout under four minutes, a sixth.
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
const longestTimerMs = 2 ** 31 - 1;

/** Calls a function after any time. @returns a function that prevents it */
export function after(ms: number, act: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (left: number): void => {
    const next = Math.min(left, longestTimerMs);
    timer = setTimeout(() => (left > next ? wait(left - next) : act()), next);
  };
  wait(ms);
  return () => clearTimeout(timer);
}
