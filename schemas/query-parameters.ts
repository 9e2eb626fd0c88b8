import type { ErrorCode } from "../platform/errors.js";
import type { QueryFile, QueryScalar } from "./fields/query.js";

/** A query's text with its parameters found. */
export interface ParsedQuery {
  /**
   * The text with each `$name` replaced by DuckDB's `getvariable('name')`; line numbers stay the
   * same.
   */
  sql: string;
  /** Name of each parameter -> line of its first use, from 1. */
  parameters: ReadonlyMap<string, number>;
}

/**
 * Matches what DuckDB does not read as a parameter (comments, text, quoted names, dollar-quoted
 * text), then a parameter.
 */
const tokens =
  /--[^\n]*|\/\*[\s\S]*?\*\/|(?<!\w)[eE]'(?:\\[\s\S]|''|[^'\\])*'|'(?:''|[^'])*'|"(?:""|[^"])*"|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|(?<![\w$])\$([A-Za-z_]\w*)/g;

/**
 * Finds the parameters of a query. A parameter becomes a DuckDB variable and not a parameter of a
 * prepared statement, because the types of a query's columns are then known before it runs. No
 * value ever becomes part of the text.
 */
export function parseQuery(text: string): ParsedQuery {
  const parameters = new Map<string, number>();
  const sql = text.replace(tokens, (token, _tag: string | undefined, name: string | undefined, at: number) => {
    if (name === undefined) return token;
    if (!parameters.has(name)) parameters.set(name, text.slice(0, at).split("\n").length);
    return `getvariable('${name}')`;
  });
  return { sql, parameters };
}

/** A query with its comments, texts and quoted names replaced by spaces; line breaks stay. */
export function withoutText(query: string): string {
  return query.replace(tokens, (token) => token.replace(/[^\n]/g, " "));
}

/** Something wrong with the parameters given to a query. */
export interface ParameterFault {
  code: Extract<ErrorCode, "MISSING_KEY" | "UNKNOWN_KEY" | "WRONG_TYPE" | "DUPLICATE_KEY">;
  name: string;
  /** A phrase that follows the parameter's name. */
  message: string;
  expected?: string;
  next: string;
}

/**
 * Finds parameters that the query does not use, that are missing, or that DuckDB cannot represent.
 */
export function parameterFaults({ file, parameters: given = {} }: QueryFile, used: ParsedQuery["parameters"]) {
  const names = [...used.keys()];
  const faults: ParameterFault[] = [];
  const known = new Map<string, string>();
  for (const [name, value] of Object.entries(given)) {
    const same = known.get(name.toLowerCase());
    known.set(name.toLowerCase(), name);
    if (!used.has(name))
      faults.push({
        code: "UNKNOWN_KEY",
        name,
        message: `is not a parameter of ${file}`,
        expected: names.length === 0 ? "no parameters: the file uses none" : names.join(", "),
        next: `remove it, or use $${name} in the file`,
      });
    else if (same !== undefined)
      faults.push({
        code: "DUPLICATE_KEY",
        name,
        message: `differs from ${same} only in case, and DuckDB's variables ignore case`,
        next: "rename one of the two",
      });
    else if (Array.isArray(value) && new Set(value.map((item: QueryScalar) => typeof item)).size > 1)
      faults.push({
        code: "WRONG_TYPE",
        name,
        message: "must be a list of values of one type",
        expected: "only text, only numbers, or only true and false",
        next: "put numbers in quotes if they are text",
      });
  }
  for (const [name, line] of used)
    if (!Object.hasOwn(given, name))
      faults.push({
        code: "MISSING_KEY",
        name,
        message: `is missing: ${file}:${line} uses $${name}`,
        next: `add parameters: { ${name}: … }`,
      });
  return faults;
}
