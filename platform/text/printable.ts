import { redact, redactAll } from "./redact.js";

/**
 * Control characters except line feed and tab; characters that change the direction of text; line
 * separators.
 */
const control = /(?![\n\t])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text that is safe for a terminal: without secrets, and with control characters written as
 * `\u001b`. JSON stays JSON, because it writes such characters in the same way, and because its
 * texts are redacted one by one.
 */
export function printable(text: string): string {
  return (redactedJson(text) ?? redact(text)).replace(control, escapeCharacter);
}

/**
 * Prints one line on standard error with control characters escaped. For code that has no verb's
 * terminal.
 */
export function notice(line: string): void {
  process.stderr.write(`${printable(line).replaceAll("\n", escapeCharacter)}\n`);
}

/** Redacts a line of JSON. Returns undefined if the text is not JSON. */
function redactedJson(text: string): string | undefined {
  if (!/^[{[]/.test(text)) return undefined;
  try {
    return JSON.stringify(redactAll(JSON.parse(text))) + (text.endsWith("\n") ? "\n" : "");
  } catch {
    return undefined;
  }
}

const escapeCharacter = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
