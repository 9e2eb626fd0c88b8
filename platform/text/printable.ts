import { redact, redactAll } from "./redact.js";

/** Control characters except line feed and tab; characters that change the direction of text; line separators. */
const control = /(?![\n\t])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text that is safe for a terminal: without secrets, and with control characters written as `\u001b`. JSON stays JSON, because
 * it writes such characters in the same way, and because its texts are redacted one by one.
 */
export function printable(text: string): string {
  return (redactedJson(text) ?? redact(text)).replace(control, shown);
}

/** Prints one line on standard error, safe whatever names and messages it contains; for code without a verb's terminal. */
export function notice(line: string): void {
  process.stderr.write(`${printable(line).replaceAll("\n", shown)}\n`);
}

/** A line of JSON without secrets; undefined if the text is none. */
function redactedJson(text: string): string | undefined {
  if (!/^[{[]/.test(text)) return undefined;
  try {
    return JSON.stringify(redactAll(JSON.parse(text))) + (text.endsWith("\n") ? "\n" : "");
  } catch {
    return undefined;
  }
}

const shown = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
