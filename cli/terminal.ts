import { exitCodes } from "./exit-codes.js";
import { endsInOrder } from "./stop-signal.js";
import { ownColors, release, type Colors } from "./terminal-codes.js";

export type { Colors } from "./terminal-codes.js";

/**
 * Where a verb writes, and what it may assume about the reader. Everything that it writes goes
 * through `release`.
 */
export interface Terminal {
  /** The verb's result: standard output. */
  out(text: string): void;
  /** Like `print`, without a line break, for streamed text. */
  write(text: string): void;
  /** Everything else (errors, hints): standard error. */
  note(text: string): void;
  /** Whether to write JSON for programs instead of text for people. */
  json: boolean;
  /** Whether a person reads, so that lines may be redrawn and questions asked. */
  interactive: boolean;
  columns(): number;
  rows(): number;
  /** Calls `redraw` whenever the terminal has another size. Returns a function that ends this. */
  onResize(redraw: () => void): () => void;
  colors: Colors;
  /** Set by a verb that failed and has already printed why. */
  exitCode: number;
}

/** Colors only on a terminal, and never against `NO_COLOR`. */
export function wantsColors(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && !environment["NO_COLOR"] && environment["TERM"] !== "dumb";
}

/**
 * Keeps a process alive whose output is lost: its reader has ended (EPIPE: `pawl list | head -1`),
 * or its terminal was closed (EIO). A process that ends in order does so whatever error its output
 * has, even a full disk.
 */
function outliveOutput(stream: NodeJS.WriteStream, onGone: () => void): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (endsInOrder()) return;
    if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
    onGone();
  });
}

/** Writes to a stream; into a file or a pipe without codes, whatever the other stream is. */
function writer(stream: NodeJS.WritableStream & { isTTY?: boolean }): (text: string) => void {
  return (text) => void stream.write(release(text, stream.isTTY === true));
}

/** The terminal this process was started from. */
export function processTerminal({
  stdin,
  stdout,
  stderr,
  env,
}: Pick<NodeJS.Process, "stdin" | "stdout" | "stderr" | "env"> = process): Terminal {
  outliveOutput(stdout, () => process.exit(exitCodes.done));
  // Someone still reads the result.
  outliveOutput(stderr, () => undefined);
  const write = writer(stdout);
  const note = writer(stderr);
  return {
    out: (text) => write(`${text}\n`),
    write,
    note: (text) => note(`${text}\n`),
    json: false,
    interactive: stdin.isTTY && stdout.isTTY && !env["CI"] && env["TERM"] !== "dumb",
    columns: () => stdout.columns || 80,
    rows: () => stdout.rows || 24,
    onResize: (redraw) => {
      stdout.on("resize", redraw);
      return () => void stdout.off("resize", redraw);
    },
    colors: ownColors(wantsColors(stdout, env) || wantsColors(stderr, env)),
    exitCode: 0,
  };
}
