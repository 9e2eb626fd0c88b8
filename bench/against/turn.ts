import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { PawlError } from "../../platform/errors.js";
import type { Arguments } from "./arguments.js";
import { lastLines, runCommand, type Ended } from "./command.js";
import { metricsOfResult, metricsOfTests, type Metric } from "./metrics.js";
import { linkedCopy } from "./linked-copy.js";
import { busySeconds } from "./machine.js";

/** What one run of one side gave. */
export interface Turn {
  metrics: Metric[];
  seconds: number;
  /**
   * Share of the machine's processors that other programs took meanwhile; null if the system does
   * not report it.
   */
  others: number | null;
}

/**
 * Runs a side once: `npm test`, or a bench, in a fresh copy of its directory, with its own
 * temporary files and home directory, so that no turn finds what another left (caches of jest,
 * ESLint and the compiler).
 * @param built the side's directory
 * @param logFile receives its output
 * @throws PawlError INTERNAL if it ends without its metrics, with the end of the log; the signal's
 *   reason
 */
export async function takeTurn(
  { name, options }: Pick<Arguments, "name" | "options">,
  built: string,
  logFile: string,
  signal: AbortSignal,
): Promise<Turn> {
  const [program, args] =
    name === "test"
      ? ["npm", ["test", ...(options.length > 0 ? ["--", ...options] : [])]]
      : [process.execPath, [`dist/bench/${name}.js`, ...options]];
  const own = mkdtempSync(path.join(os.tmpdir(), "pawl-against-"));
  const environment = { PAWL_HOME: path.join(own, "home"), TMPDIR: path.join(own, "tmp") };
  for (const directory of Object.values(environment)) mkdirSync(directory);
  const directory = `${built}.turn`;
  linkedCopy(built, directory);
  const result = path.join(directory, "bench", "results", `${name}.json`);
  rmSync(result, { force: true });
  const busyBefore = busySeconds();
  try {
    const ended = await runCommand({ program, args, directory, environment, logFile, signal });
    const busy = busySeconds() - busyBefore;
    const found = name === "test" ? metricsOfTests(readFileSync(logFile, "utf8")) : resultOf(result);
    if (found === undefined) throw withoutMetrics(name, ended, logFile);
    return { metrics: [...found, ...wholeCommand(ended)], seconds: ended.seconds, others: shareOfOthers(ended, busy) };
  } finally {
    for (const left of [own, directory]) rmSync(left, { recursive: true, force: true });
  }
}

const resultOf = (file: string): Metric[] | undefined =>
  existsSync(file) ? metricsOfResult(readFileSync(file, "utf8"), file) : undefined;

function wholeCommand({ seconds, processorSeconds }: Ended): Metric[] {
  const metric = { unit: "s", better: "lower" } as const;
  return [
    { what: "whole command: wall time", ...metric, value: seconds },
    ...(processorSeconds === null
      ? []
      : [{ what: "whole command: processor time", ...metric, value: processorSeconds }]),
  ];
}

function shareOfOthers({ seconds, processorSeconds }: Ended, busy: number): number | null {
  if (processorSeconds === null) return null;
  return Math.max(0, busy - processorSeconds) / (seconds * os.availableParallelism());
}

function withoutMetrics(name: string, { code }: Ended, logFile: string): PawlError {
  return new PawlError("INTERNAL", `${name} ended without its metrics\n${lastLines(logFile)}`, {
    where: logFile,
    expected: name === "test" ? "a closing line: N passed, N failed, N skipped" : `bench/results/${name}.json`,
    got: code === null ? "it was killed" : `exit code ${code}`,
    next: "read the log; the rounds done are kept, and the same command resumes",
  });
}
