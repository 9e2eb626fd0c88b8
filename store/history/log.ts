import path from "node:path";
import { crc32 } from "node:zlib";
import { notice } from "../../platform/text/printable.js";
import { redactAll } from "../../platform/text/redact.js";
import { appendLines } from "./append.js";
import { systemCode } from "../errors.js";
import { layout, safeName } from "../home.js";

/** Stands in place of a stage id in log lines about notifications. No stage can have this name. */
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
 * A line of the log with its checksum, the last field: the CRC-32 of the line without it, in
 * hexadecimal.
 */
const checkedLine = (json: string): string => `${json.slice(0, -1)},"check":"${checksum(json)}"}`;

/**
 * The JSON of a line that `checkedLine` made; undefined if the line differs from what was written.
 * A line of an earlier build has no checksum, and is returned unchanged.
 */
export function uncheckedLine(line: string): string | undefined {
  const found = /,"check":"([0-9a-f]{8})"\}$/.exec(line);
  if (found === null) return line;
  const json = `${line.slice(0, found.index)}}`;
  return checksum(json) === found[1] ? json : undefined;
}

const checksum = (json: string): string => crc32(json).toString(16).padStart(8, "0");

/**
 * Appends a line to the log of a run's stage. Lines of several processes never mix: each is one
 * write in append mode. A line that the system refuses (a full disk, a broken one) is lost and
 * reported on standard error; the caller continues.
 */
export function appendLog(home: string, runId: string, entry: LogEntry): void {
  const file = path.join(layout.log(home, runId), `${safeName(entry.stage)}.jsonl`);
  try {
    appendLines(file, `${checkedLine(JSON.stringify(withoutSecrets(entry)))}\n`);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    notice(`a line for ${file} is lost (${(error as Error).message}): ${entry.message}`);
  }
}

/** As texts, before they are escaped for JSON: a secret may hold quotes and line breaks. */
function withoutSecrets({ time, stage, attempt, ...message }: LogEntry): LogEntry {
  return { time, stage, attempt, ...(redactAll(message) as typeof message) };
}
