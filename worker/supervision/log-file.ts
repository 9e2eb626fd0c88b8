import { copyFileSync, mkdirSync, openSync, statSync, truncateSync } from "node:fs";
import path from "node:path";
import { notice } from "../../platform/text/printable.js";

/** A log file is rotated when it has grown to this size, bytes; one earlier file is kept. */
export const maxLogBytes = 8 * 1024 * 1024;
/** How often the size of log files is checked, ms. */
export const rotateEveryMs = 60_000;

/** A descriptor that appends to a log file, for a process to inherit. @throws system errors */
export function openLog(file: string): number {
  mkdirSync(path.dirname(file), { recursive: true });
  rotateLog(file);
  return openSync(file, "a");
}

/**
 * Copies a log file to `FILE.old` and empties it if it has grown too long. Processes continue to
 * append to the same file: what they write between the two steps is lost.
 */
export function rotateLog(file: string, longest = maxLogBytes): void {
  try {
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) <= longest) return;
    keepEarlier(file);
    truncateSync(file);
  } catch (error) {
    notice(`the log ${file} cannot be shortened: ${(error as Error).message}`);
  }
}

/** On a full disk the earlier lines are dropped: emptying the log frees space. */
function keepEarlier(file: string): void {
  try {
    copyFileSync(file, `${file}.old`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}
