import { createInterface } from "node:readline";
import { exitCodes } from "../exit-codes.js";
import { release } from "../terminal-codes.js";
import type { Terminal } from "../terminal.js";
import type { Asking } from "./talk.js";

/**
 * Lines that a person types, after a prompt. Ctrl-C stops the current response. Without one, or
 * when pressed again, it ends the conversation, as the end of the input does.
 */
export function typedLines(
  terminal: Terminal,
  { stdin, stdout }: { stdin: NodeJS.ReadableStream; stdout: NodeJS.WritableStream } = process,
): Asking & { close(): void } {
  const reader = createInterface({
    input: stdin,
    output: stdout,
    prompt: release(terminal.colors.cyan("> ")),
  });
  let responding: AbortController | undefined;
  const waiting = reader[Symbol.asyncIterator]();
  let closed = false;
  let isClosed = false;
  reader.on("close", () => (closed = true));
  reader.on("SIGINT", () => {
    if (responding !== undefined && !responding.signal.aborted) return responding.abort();
    isClosed = true;
    reader.close();
  });
  return {
    async next() {
      responding = undefined;
      if (isClosed) return undefined;
      // Prompting on a closed reader would resume its input, and nothing would pause it again.
      if (!closed) reader.prompt();
      const line = await waiting.next();
      return line.done ? undefined : line.value;
    },
    responding: () => (responding = new AbortController()).signal,
    close: () => reader.close(),
  };
}

/** Lines of standard input. Ctrl-C, or SIGINT, stops the current response and ends the input. */
export function pipedLines(terminal: Terminal): Asking & { close(): void } {
  const reader = createInterface({ input: process.stdin });
  const waiting = reader[Symbol.asyncIterator]();
  const stop = new AbortController();
  const onInterrupt = (): void => {
    terminal.exitCode = exitCodes.interrupted;
    stop.abort();
    reader.close();
  };
  process.once("SIGINT", onInterrupt);
  return {
    async next() {
      const line = stop.signal.aborted ? { done: true as const } : await waiting.next();
      return line.done ? undefined : line.value;
    },
    responding: () => stop.signal,
    close() {
      process.off("SIGINT", onInterrupt);
      reader.close();
    },
  };
}
