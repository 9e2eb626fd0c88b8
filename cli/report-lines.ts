import { findKnownRun } from "../report/run/known-run.js";
import { writeReport, type WrittenReport } from "../report/write-report.js";
import type { Terminal } from "./terminal.js";
import { pawlVersion } from "../platform/program/version.js";

/** Prints where a report was written, one line for each file. */
export function tellReport({ html, card }: WrittenReport, { out, colors }: Pick<Terminal, "out" | "colors">): void {
  out(`  report  ${colors.cyan(html)}`);
  if (card !== undefined) out(`  card    ${colors.cyan(card)}`);
}

/**
 * The report of a run that has just ended; undefined if it could not be written, which is printed:
 * that changes nothing about the run.
 */
export async function reportOfEnd(home: string, runId: string, terminal: Terminal): Promise<WrittenReport | undefined> {
  try {
    const run = await findKnownRun(home, runId);
    return run && (await writeReport(home, run, { nowMs: Date.now(), version: pawlVersion() }));
  } catch (error) {
    terminal.note(`the report could not be written: ${(error as Error).message}\n  next: pawl report ${runId}`);
    return undefined;
  }
}
