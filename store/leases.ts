import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { systemCode } from "./errors.js";
import { layout } from "./home.js";

/** An attempt's right to publish what it does at its stage. */
export interface StageLease {
  /** False once a later attempt at the stage has begun. */
  isHeld(): boolean;
}

/**
 * Takes a stage of a run over for an attempt that begins: whichever attempt held it before holds it no longer, on whatever
 * machine. The server may start an attempt while the process of the one before is only stopped, and will continue.
 * @throws system errors
 */
export function takeLease(home: string, runId: string, stage: string): StageLease {
  const file = layout.lease(home, runId, stage);
  const token = randomUUID();
  mkdirSync(path.dirname(file), { recursive: true });
  // In place: whoever reads half of it is an earlier attempt, and learns what it has to. Not synced: after a power cut no
  // attempt from before it continues.
  writeFileSync(file, token);
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
