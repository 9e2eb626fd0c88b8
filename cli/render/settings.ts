import { isObject, type JsonObject } from "../../platform/json.js";
import { cut } from "./values.js";

/** Maximum length of a value, characters. */
const maxValueLength = 40;

/**
 * The settings that `retry` has changed, one text each: `with.vocabularySize = 512`, or
 * `with.limit removed`.
 */
export function changesText(changes: readonly JsonObject[]): string[] {
  const latest = new Map<string, string>();
  for (const change of changes)
    for (const [name, text] of settingsIn(change, "with")) {
      latest.delete(name);
      latest.set(name, text);
    }
  return [...latest.values()];
}

function settingsIn(patch: JsonObject, prefix: string): [name: string, text: string][] {
  return Object.entries(patch).flatMap(([key, value]) => {
    const name = `${prefix}.${key}`;
    if (isObject(value) && Object.keys(value).length > 0) return settingsIn(value, name);
    return [[name, value === null ? `${name} removed` : `${name} = ${cut(JSON.stringify(value), maxValueLength)}`]];
  });
}
