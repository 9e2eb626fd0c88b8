import { PawlError, type ErrorCode } from "../platform/errors.js";
import { isObject, type Json } from "../platform/json.js";
import { pathText, type Problem } from "./problem.js";
import { valueAt } from "./schema/schema.js";
import type { Source } from "./definition/source.js";

/**
 * One error of a definition: where it is, what is wrong, what was expected, and what to do next.
 */
export interface LocatedError {
  code: ErrorCode;
  file: string;
  /** From 1. */
  line: number;
  /** From 1, in characters. */
  column: number;
  message: string;
  expected?: string;
  got?: string;
  next: string;
  /** The line of the definition, with carets under the error. */
  excerpt: string;
}

/**
 * Maximum number of errors of a definition that are reported one by one: a file that was named by
 * mistake may have thousands.
 */
const maxErrors = 100;

/**
 * The errors of a definition, in the order of the text; of more than `maxErrors`, the last one
 * counts the rest. `message` is the whole report.
 */
export class PipelineErrors extends PawlError {
  readonly errors: readonly LocatedError[];
  constructor(found: readonly LocatedError[]) {
    const errors = withRestCounted(found);
    const [first] = errors;
    if (first === undefined) throw new TypeError("no errors");
    super(first.code, errors.map(renderError).join("\n\n"), {
      where: `${first.file}:${first.line}:${first.column}`,
      next: first.next,
    });
    this.errors = errors;
  }
}

function withRestCounted(errors: readonly LocatedError[]): readonly LocatedError[] {
  const next = errors[maxErrors];
  if (next === undefined) return errors;
  const { code, file, line, column, excerpt } = next;
  const message = `${errors.length - maxErrors} more errors from here on`;
  const advice = "fix the errors above first, then validate again";
  return [...errors.slice(0, maxErrors), { code, file, line, column, message, next: advice, excerpt }];
}

/**
 * An error as the terminal shows it:
 * ```
 * pipelines/tiny.yaml:6:18  stages.tok (tokenize): with.vocabularySize must be integer, got "big"
 *   6 |     vocabularySize: big
 *     |                     ^^^
 *   WRONG_TYPE · next: write a whole number
 * ```
 */
export function renderError(error: LocatedError): string {
  const expected = error.expected === undefined ? "" : `\n  expected: ${error.expected}`;
  return `${error.file}:${error.line}:${error.column}  ${error.message}\n${error.excerpt}${expected}\n  ${error.code} · next: ${error.next}`;
}

/** Locates problems in the text, sorts them by position and removes duplicates. */
export function locate(problems: readonly Problem[], text: string, file: string, source?: Source): LocatedError[] {
  const lineStarts = [0];
  for (let i = text.indexOf("\n"); i !== -1; i = text.indexOf("\n", i + 1)) lineStarts.push(i + 1);
  const located = problems.map((problem) => {
    const { start, end } = problem.offset ?? problemRange(problem, text, source);
    return { start, error: locatedError(problem, start, end, { text, file, lineStarts, value: source?.value }) };
  });
  located.sort((a, b) => a.start - b.start);
  const seen = new Set<string>();
  return located
    .map(({ error }) => error)
    .filter((error) => {
      const id = `${error.line}:${error.column}:${error.message}`;
      return !seen.has(id) && seen.add(id);
    });
}

interface Text {
  text: string;
  file: string;
  lineStarts: readonly number[];
  value: Json | undefined;
}

function locatedError(problem: Problem, start: number, end: number, where: Text): LocatedError {
  const line = lineAt(where.lineStarts, start);
  const lineStart = where.lineStarts[line] ?? 0;
  const { code, expected, got, next } = problem;
  return {
    code,
    file: where.file,
    line: line + 1,
    column: start - lineStart + 1,
    message: clean(problem.offset === undefined ? messageWithPath(problem, where.value) : problem.message),
    ...(expected === undefined ? {} : { expected: clean(expected) }),
    ...(got === undefined ? {} : { got: clean(got) }),
    next: clean(next),
    excerpt: excerpt(where.text, line, lineStart, start, end),
  };
}

/** `stages.tok (tokenize): with.vocabularySize must be …` */
function messageWithPath({ path, message }: Problem, value: Json | undefined): string {
  const [root, id, ...inside] = path;
  if (root !== "stages" || id === undefined) return joined(pathText(path), message);
  const stage = valueAt(value, path.slice(0, 2));
  const uses = isObject(stage) && typeof stage["uses"] === "string" ? ` (${stage["uses"]})` : "";
  return `stages.${id}${uses}: ${joined(pathText(inside), message)}`;
}

/** A message continues the place as a predicate, or begins with a colon and is a sentence. */
function joined(place: string, message: string): string {
  if (place === "") return message.startsWith("must") ? `the definition ${message}` : message.replace(/^: /, "");
  return message.startsWith(":") ? place + message : `${place} ${message}`;
}

function problemRange(
  { path, place = path, at = "value", span }: Problem,
  text: string,
  source?: Source,
): { start: number; end: number } {
  const range = source?.range(place, at) ?? { start: 0, end: 0 };
  const value = valueAt(source?.value, place);
  if (span === undefined || typeof value !== "string") return range;
  const start = range.start + offsetInSource(text.slice(range.start, range.end), value, span.offset);
  return { start, end: Math.min(Math.max(start + 1, start + span.length), Math.max(range.end, start + 1)) };
}

/**
 * The position in its YAML spelling of the character at `offset` of a string's value. The
 * expression it belongs to is found by counting `{{`; inside it, spelling and value differ by
 * escapes and folded lines only.
 */
export function offsetInSource(spelling: string, value: string, offset: number): number {
  let at = 0;
  let from = 0;
  for (let i = value.indexOf("{{"); i !== -1 && i <= offset + 1; i = value.indexOf("{{", i + 2)) {
    const found = spelling.indexOf("{{", at);
    if (found === -1) break;
    at = found + 2;
    from = i + 2;
  }
  if (offset < from) return at - (from - offset);
  if (from === 0 && /^["']/.test(spelling)) at = 1;
  for (let i = from; i < offset && at < spelling.length; i++) at += spelledLength(spelling, at);
  return Math.min(at, spelling.length);
}

/** How many characters of a spelling stand for the one character of the value that begins there. */
function spelledLength(spelling: string, at: number): number {
  const rest = spelling.slice(at, at + 200);
  if (spelling.startsWith("'")) return rest.startsWith("''") ? 2 : foldedLength(rest);
  if (!spelling.startsWith('"')) return foldedLength(rest);
  const escaped = /^\\(?:x.{2}|u.{4}|U.{8}|.)/.exec(rest);
  return escaped?.[0].length ?? foldedLength(rest);
}

/** A line break and the indentation after it are one character of the value. */
const foldedLength = (rest: string) => /^[ \t]*\r?\n[ \t]*/.exec(rest)?.[0].length ?? 1;

function lineAt(lineStarts: readonly number[], offset: number): number {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

const widest = 100;

function excerpt(text: string, line: number, lineStart: number, start: number, end: number): string {
  const newline = text.indexOf("\n", lineStart);
  const fullLine = text.slice(lineStart, newline === -1 ? undefined : newline).replace(/\r$/, "");
  const column = start - lineStart;
  const cut = column > widest - 20 ? column - 40 : 0;
  const visible = clean(fullLine.slice(cut, cut + widest));
  const carets = Math.max(1, Math.min(end - start, visible.length - (column - cut)));
  const number = String(line + 1);
  const before = cut === 0 ? "" : "…";
  const after = cut + widest < fullLine.length ? "…" : "";
  const indent = " ".repeat(before.length + column - cut);
  const shownLine = `  ${number} | ${before}${visible}${after}`.trimEnd();
  return `${shownLine}\n  ${" ".repeat(number.length)} | ${indent}${"^".repeat(carets)}`;
}

/** Text from a definition must not control the terminal it is shown on. */
const clean = (text: string) => text.replace(/\t/g, " ").replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "�");
