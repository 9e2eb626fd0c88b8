import { parse } from "yaml";
import { PawlError } from "../../platform/errors.js";
import { isObject, type Json, type JsonObject } from "../../platform/json.js";

/** `key=value` split at the first `=`. Throws PawlError NOT_ALLOWED. */
export function splitAssignment(text: string, option: string): [key: string, value: string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new PawlError("NOT_ALLOWED", `${option} ${text} has no value`, {
    expected: `${option} key=value`,
    got: JSON.stringify(text),
    next: `write ${option} ${text || "key"}=…`,
  });
}

/**
 * A value as YAML reads it: numbers, booleans, lists and objects keep their type; anything else is
 * a string.
 */
export function parseValue(text: string): Json {
  try {
    return parse(text) as Json;
  } catch {
    return text;
  }
}

/**
 * `with.a.b=1` and its siblings as one object to merge into `with`; undefined when there are none.
 * @throws PawlError NOT_ALLOWED, also for a value that would be sent as null, which removes a
 *   setting
 */
export function parseChanges(assignments: string[]): JsonObject | undefined {
  const changes: JsonObject = {};
  for (const assignment of assignments) {
    const [key, value] = splitAssignment(assignment, "--set");
    const [root, ...names] = key.split(".");
    if (root !== "with" || names.length === 0 || names.some((name) => name === "" || namesOfObjects.has(name)))
      throw new PawlError("NOT_ALLOWED", `--set ${key} does not name a setting of the stage`, {
        expected: "--set with.NAME=VALUE",
        got: key,
        next: `write --set with.${root === "with" ? "learningRate" : key}=${value}`,
      });
    let inner = changes;
    for (const name of names.slice(0, -1)) inner = nested(inner, name);
    inner[names.at(-1)!] = settingValue(value, key);
  }
  return assignments.length === 0 ? undefined : changes;
}

/** Names that every JavaScript object has, which no setting may have. */
const namesOfObjects = new Set(["__proto__", "constructor", "prototype"]);

/**
 * The value of a setting from the command line.
 * @throws PawlError NOT_ALLOWED for a value that is missing, or that JSON cannot hold
 */
export function settingValue(text: string, key: string): Json {
  const value = parseValue(text);
  const expected = `--set ${key}=VALUE; null removes the setting`;
  if (value === null && !/^(null|Null|NULL|~)$/.test(text.trim()))
    throw new PawlError("NOT_ALLOWED", `--set ${key}= has no value`, {
      expected,
      got: JSON.stringify(text),
      next: `write --set ${key}=null to remove the setting, or --set ${key}='""' for an empty string`,
    });
  if (!holdsInJson(value))
    throw new PawlError("NOT_ALLOWED", `--set ${key}=${text} holds a number that is not finite`, {
      expected,
      got: text,
      next: `give a finite number, or write --set ${key}=null to remove the setting`,
    });
  return value;
}

/** Whether JSON can hold every number of a value. */
export function holdsInJson(value: Json): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value !== "object" || value === null || Object.values(value).every(holdsInJson);
}

function nested(owner: JsonObject, name: string): JsonObject {
  const found = owner[name];
  if (isObject(found)) return found;
  return (owner[name] = {});
}
