import path from "node:path";
import { notice } from "../platform/printable.js";
import { redactAll } from "../platform/redact.js";
import { appendLines } from "./append.js";
import { systemCode } from "./errors.js";
import { layout, safeName } from "./home.js";

/** In place of a stage: of notifications. No stage has this name. */
export const notifyLog = "(notify)";

/** One line of a run's log. */
export interface LogEntry {
  /** ISO 8601. */
  time: string;
  stage: string;
  attempt: number;
  message: string;
  data?: Record<string, unknown>;
}

/**
 * Appends a line to the log of a run's stage. Lines of several processes never mix: each is one write in append mode. A
 * line that the system refuses (a full disk, a broken one) is lost and reported on standard error; the caller
 * continues.
 */
export function appendLog(home: string, runId: string, entry: LogEntry): void {
  const file = path.join(layout.log(home, runId), `${safeName(entry.stage)}.jsonl`);
  try {
    appendLines(file, `${JSON.stringify(withoutSecrets(entry))}\n`);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    notice(`a line for ${file} is lost (${(error as Error).message}): ${entry.message}`);
  }
}

/** As texts, before they are escaped for JSON: a secret may hold quotes and line breaks. */
function withoutSecrets({ time, stage, attempt, ...said }: LogEntry): LogEntry {
  return { time, stage, attempt, ...(redactAll(said) as typeof said) };
}
