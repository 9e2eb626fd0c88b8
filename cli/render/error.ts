import { PawlError, type ErrorFacts } from "../../platform/errors.js";
import type { Colors, Terminal } from "../terminal.js";

/** The printed fields of an error. A PawlError has them. */
export interface Shown {
  code: string;
  message: string;
  facts: ErrorFacts;
}

/**
 * Prints what went wrong, where, and what to do next: text on standard error, or JSON on standard
 * output.
 */
export function renderFailure(error: unknown, terminal: Terminal): void {
  const printable = toShown(error);
  // A definition's errors are rendered by the compiler, which knows the text.
  const located = error instanceof PawlError && "errors" in error ? error.errors : undefined;
  if (terminal.json) terminal.out(JSON.stringify({ error: { ...printable, errors: located } }));
  else if (located !== undefined) terminal.note(printable.message);
  else terminal.note(renderError(printable, terminal.colors));
}

/**
 * The form of every error, as in the compiler's located errors:
 * ```
 * WHERE  MESSAGE
 *   expected: …
 *   got: …
 *   CODE · next: …
 * ```
 */
export function renderError({ code, message, facts }: Shown, colors: Colors): string {
  const [first = "", ...rest] = message.split("\n");
  const head = facts.where === undefined ? "" : `${colors.bold(facts.where)}  `;
  const lines = [`${head}${colors.red(first)}`, ...rest.map((line) => `  ${line}`)];
  if (facts.expected !== undefined) lines.push(`  expected: ${facts.expected}`);
  if (facts.got !== undefined) lines.push(`  got: ${facts.got}`);
  lines.push(`  ${colors.dim(code)}${facts.next === undefined ? "" : ` · next: ${colors.cyan(facts.next)}`}`);
  return lines.join("\n");
}

/**
 * Any error in this form; an error that is not a PawlError is a bug in Pawl, and shows its stack.
 */
export function toShown(error: unknown): Shown {
  if (error instanceof PawlError) return { code: error.code, message: error.message, facts: error.facts };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: "INTERNAL",
    message: stack,
    facts: { next: "this is a bug in Pawl: please report it with the lines above" },
  };
}
