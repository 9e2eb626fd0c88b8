import { isObject, type JsonObject } from "../platform/json.js";

/**
 * Applies a JSON merge patch (RFC 7396): objects are merged, null removes, everything else replaces. `__proto__` and
 * inherited names are treated like any other name.
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
