import { duplicateKey } from "../../../platform/text/duplicate-key.js";
import { PawlError } from "../../../platform/errors.js";
import { isObject, shortText, type Json } from "../../../platform/json.js";

/**
 * The types of a STRUCT's fields, as DuckDB writes them (`STRUCT("role" VARCHAR, "content" JSON)`);
 * undefined for another type.
 */
export function fieldTypes(type: string): Map<string, string> | undefined {
  const inside = /^STRUCT\((.*)\)$/s.exec(type)?.[1];
  if (inside === undefined) return undefined;
  return new Map(
    splitFields(inside).map((field) => {
      const [, quoted, bare, ofField] = /^(?:"((?:[^"]|"")*)"|(\S+))\s+(.*)$/s.exec(field)!;
      return [quoted?.replaceAll('""', '"') ?? bare!, ofField!];
    }),
  );
}

/** The type of a list's items; undefined for another type. */
export function itemType(type: string): string | undefined {
  return type.endsWith("[]") ? type.slice(0, -2) : undefined;
}

/** Cuts at commas outside quotes and parentheses. */
function splitFields(fields: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of fields.matchAll(/"[^"]*"|'[^']*'|[(),]/g)) {
    if (token === "(") depth++;
    else if (token === ")") depth--;
    else if (token === "," && depth === 0) {
      parts.push(fields.slice(start, index).trim());
      start = index + 1;
    }
  }
  return [...parts, fields.slice(start).trim()];
}

/**
 * Parses the JSON in a value of the type, at any depth of lists and structures; undefined if the
 * type holds no JSON.
 */
export function jsonParser(type: string): ((value: Json) => Json) | undefined {
  if (type === "JSON") return parseJson;
  const item = itemType(type);
  if (item !== undefined) {
    const parse = jsonParser(item);
    return parse && ((value) => (Array.isArray(value) ? value.map(parse) : value));
  }
  const parsers = [...(fieldTypes(type) ?? [])].flatMap(([name, ofField]) => {
    const parse = jsonParser(ofField);
    return parse === undefined ? [] : [{ name, parse }];
  });
  if (parsers.length === 0) return undefined;
  return (value) =>
    isObject(value)
      ? { ...value, ...Object.fromEntries(parsers.map(({ name, parse }) => [name, parse(value[name] ?? null)])) }
      : value;
}

/**
 * Numbers stay text: a double does not keep how they were written.
 * @throws PawlError DATA_INVALID for a key that comes twice
 */
function parseJson(value: Json): Json {
  if (value === "null") return null;
  if (typeof value !== "string" || !/^["[{]/.test(value)) return value;
  const parsed = JSON.parse(value) as Json;
  const twice = duplicateKey(value);
  if (twice === undefined) return parsed;
  throw new PawlError("DATA_INVALID", `an object has the key ${twice} twice`, {
    expected: "each key once",
    got: shortText(value),
    next: "correct the row, or leave it out in `query`",
  });
}
