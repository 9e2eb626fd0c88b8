import { utimesSync } from "node:fs";
import { isMissing, systemCode } from "./errors.js";
import { exists } from "./files.js";

/**
 * Marks a result, an artifact or a checkpoint as used now: `gc` removes only what has not been used
 * for long. False if it no longer exists. Where the system does not let this process set the time
 * (a read-only store, an entry of another user), only that is checked.
 */
export function touch(entry: string): boolean {
  try {
    const now = new Date();
    utimesSync(entry, now, now);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    if (["EROFS", "EACCES", "EPERM"].includes(systemCode(error) ?? "")) return exists(entry);
    throw error;
  }
}
