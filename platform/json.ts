/** Plain JSON, the only data in a workflow's history. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Whether a value is a JSON object and not an array or null. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * A value with each of its texts replaced.
 * @param path of the value, which the paths of texts begin with
 */
export function mapTexts(
  value: Json,
  replace: (text: string, path: (string | number)[]) => Json,
  path: readonly (string | number)[] = [],
): Json {
  if (typeof value === "string") return replace(value, [...path]);
  if (Array.isArray(value)) return value.map((item, i) => mapTexts(item, replace, [...path, i]));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, replace, [...path, key])]));
}

/** Formats a value for an error: JSON, truncated to 80 characters. */
export function shortJson(value: unknown): string {
  return shortText(JSON.stringify(value) ?? String(value));
}

/** Bytes of a value as JSON. */
export const jsonBytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;

/** Truncates a text to 80 characters for an error. */
export function shortText(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/**
 * Whether maps and lists are nested deeper than `depth`. Recursive code would otherwise overflow
 * the stack.
 */
export function isDeeperThan(value: unknown, depth: number): boolean {
  let level: unknown[] = [value];
  for (let at = 0; at <= depth && level.length > 0; at++)
    level = level.filter((item) => isNest(item)).flatMap(objectValues);
  return level.some(isNest);
}

const isNest = (value: unknown): value is object => typeof value === "object" && value !== null;
const objectValues = (value: object): unknown[] => Object.values(value);

/**
 * Applies a JSON merge patch (RFC 7396): objects are merged, null removes, everything else
 * replaces. `__proto__` and inherited names are treated like any other name.
 */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    const before = merged.get(key);
    if (value === null) merged.delete(key);
    else merged.set(key, isObject(value) ? mergePatch(isObject(before) ? before : {}, value) : value);
  }
  return Object.fromEntries(merged);
}
