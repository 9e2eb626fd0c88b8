import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { withDirectory } from "../history/append.js";
import { systemCode } from "../errors.js";
import { layout } from "../home.js";

/** An attempt's right to publish its results for its stage. */
export interface StageLease {
  /** Returns false once a later attempt at the stage has begun. */
  isHeld(): boolean;
}

/**
 * Takes over a stage of a run for an attempt that begins: the attempt that held it before, on any
 * machine, no longer holds it. The server may start an attempt while the process of the previous
 * one is only stopped, and will continue.
 * @throws system errors
 */
export function takeLease(home: string, runId: string, stage: string): StageLease {
  const file = layout.lease(home, runId, stage);
  const token = randomUUID();
  // In place: only an earlier attempt can read a partial token, and it then knows that it holds the
  // lease no longer. Not synced: no attempt continues after a power failure.
  withDirectory(file, () => writeFileSync(file, token));
  return {
    isHeld() {
      try {
        return readFileSync(file, "utf8") === token;
      } catch (error) {
        if (["ENOENT", "ENOTDIR", "EISDIR"].includes(systemCode(error) ?? "")) return false;
        throw error;
      }
    },
  };
}
