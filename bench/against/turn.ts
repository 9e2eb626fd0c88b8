import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { PawlError } from "../../platform/errors.js";
import type { Arguments } from "./arguments.js";
import { lastLines, runCommand, type Ended } from "./command.js";
import { figuresOfResult, figuresOfTests, type Figure } from "./figures.js";
import { linkedCopy } from "./linked-copy.js";
import { busySeconds } from "./machine.js";

/** What one run of one side gave. */
export interface Turn {
  figures: Figure[];
  seconds: number;
  /** Share of the machine's processors that other programs took meanwhile; null where the system does not tell. */
  others: number | null;
}

/**
 * Runs a side once: `npm test`, or a bench, in a fresh copy of its directory, with temporary files and a home directory of its
 * own, so that no turn finds what another left (caches of jest, ESLint and the compiler).
 * @param built the side's directory
 * @param logFile receives its output
 * @throws PawlError INTERNAL where it ends without its figures, with the end of the log; the signal's reason
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
    const found = name === "test" ? figuresOfTests(readFileSync(logFile, "utf8")) : resultOf(result);
    if (found === undefined) throw withoutFigures(name, ended, logFile);
    return { figures: [...found, ...wholeCommand(ended)], seconds: ended.seconds, others: shareOfOthers(ended, busy) };
  } finally {
    for (const left of [own, directory]) rmSync(left, { recursive: true, force: true });
  }
}

const resultOf = (file: string): Figure[] | undefined =>
  existsSync(file) ? figuresOfResult(readFileSync(file, "utf8"), file) : undefined;

function wholeCommand({ seconds, processorSeconds }: Ended): Figure[] {
  const figure = { unit: "s", better: "lower" } as const;
  return [
    { what: "whole command: wall time", ...figure, value: seconds },
    ...(processorSeconds === null
      ? []
      : [{ what: "whole command: processor time", ...figure, value: processorSeconds }]),
  ];
}

function shareOfOthers({ seconds, processorSeconds }: Ended, busy: number): number | null {
  if (processorSeconds === null) return null;
  return Math.max(0, busy - processorSeconds) / (seconds * os.availableParallelism());
}

function withoutFigures(name: string, { code }: Ended, logFile: string): PawlError {
  return new PawlError("INTERNAL", `${name} ended without its figures\n${lastLines(logFile)}`, {
    where: logFile,
    expected: name === "test" ? "a closing line: N passed, N failed, N skipped" : `bench/results/${name}.json`,
    got: code === null ? "it was killed" : `exit code ${code}`,
    next: "read the log; the rounds done are kept, and the same command resumes",
  });
}
