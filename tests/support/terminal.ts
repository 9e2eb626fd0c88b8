import picocolors from "picocolors";
import { release } from "../../cli/terminal-codes.js";
import type { Terminal } from "../../cli/terminal.js";

export interface RecordedTerminal extends Terminal {
  /** What was written to standard output and to standard error. */
  written: { out: string; note: string };
}

/** A terminal that keeps what is written to it; without colors. */
export function recordedTerminal(options: { interactive?: boolean; columns?: number } = {}): RecordedTerminal {
  const written = { out: "", note: "" };
  return {
    written,
    out: (text) => (written.out += `${release(text)}\n`),
    write: (text) => (written.out += release(text)),
    note: (text) => (written.note += `${release(text)}\n`),
    json: false,
    interactive: options.interactive ?? false,
    columns: () => options.columns ?? 80,
    rows: () => 24,
    onResize: () => () => undefined,
    colors: picocolors.createColors(false),
    exitCode: 0,
  };
}
