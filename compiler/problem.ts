import type { ErrorCode } from "../platform/errors.js";
import type { Path } from "./schema/schema.js";

/** A problem of a definition whose position in the text is not known yet. */
export interface Problem {
  code: ErrorCode;
  /** Where it is; the nearest place in the text is shown. */
  path: Path;
  /** Where to show it, when what is at `path` is not in the text. */
  place?: Path;
  /** `key`: the name itself is wrong and not its value. */
  at?: "key" | "value";
  /** The part of a string, when the value is one: characters from the string's start. */
  span?: { offset: number; length: number };
  /** A position in the text, if no path leads to it. */
  offset?: { start: number; end: number };
  message: string;
  expected?: string;
  got?: string;
  next: string;
}

/** Formats a value for an error. */
export function formatValue(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** `with.train[0].digest` */
export function pathText(path: Path): string {
  return path.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");
}
