import { ownColours, release, type Colours } from "./terminal-codes.js";

export type { Colours } from "./terminal-codes.js";

/** Where a verb writes, and what it may assume of the reader. All that is written goes through `release`. */
export interface Terminal {
  /** The verb's result: standard output. */
  out(text: string): void;
  /** The same without an end of line: what comes in pieces. */
  write(text: string): void;
  /** What is beside the result (errors, hints): standard error. */
  note(text: string): void;
  /** Write JSON for a program instead of text for a person. */
  json: boolean;
  /** A person sits there: lines may be redrawn, and questions asked. */
  interactive: boolean;
  columns(): number;
  rows(): number;
  colours: Colours;
  /** Set by a verb that failed and has said so already. */
  exitCode: number;
}

/** Colours only on a terminal, and never against `NO_COLOR`. */
export function wantsColours(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && !environment["NO_COLOR"] && environment["TERM"] !== "dumb";
}

/** The terminal this process was started from. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  // A reader that has gone (`pawl list | head -1`) is no failure.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
  return {
    out: (text) => void stdout.write(`${release(text)}\n`),
    write: (text) => void stdout.write(release(text)),
    note: (text) => void stderr.write(`${release(text)}\n`),
    json: false,
    interactive: stdin.isTTY && stdout.isTTY && !env["CI"] && env["TERM"] !== "dumb",
    columns: () => stdout.columns || 80,
    rows: () => stdout.rows || 24,
    colours: ownColours(wantsColours(stdout, env) && (wantsColours(stderr, env) || !stderr.isTTY)),
    exitCode: 0,
  };
}
