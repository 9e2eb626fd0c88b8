import { redact } from "./redact.js";

/** Control characters but the end of a line and the tab; what turns the direction of writing; separators of lines. */
const control = /(?![\n\t])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text as it may reach a terminal: without secrets, control characters as `\u001b`. JSON stays JSON: that is also how it writes
 * such a character.
 */
export function printable(text: string): string {
  return redact(text).replace(control, shown);
}

/** Prints one line on standard error, whatever names and messages of others stand in it: where no verb has a terminal. */
export function notice(line: string): void {
  process.stderr.write(`${printable(line).replaceAll("\n", shown)}\n`);
}

const shown = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
