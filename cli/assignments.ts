import { parse } from "yaml";
import { PawlError } from "../platform/errors.js";
import { isObject, type Json, type JsonObject } from "../platform/json.js";

/** `key=value` split at the first `=`. Throws PawlError NOT_ALLOWED. */
export function splitAssignment(text: string, option: string): [key: string, value: string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new PawlError("NOT_ALLOWED", `${option} ${text} names no value`, {
    expected: `${option} key=value`,
    got: JSON.stringify(text),
    next: `write ${option} ${text || "key"}=…`,
  });
}

/** A value as YAML reads it: numbers, booleans, lists and objects keep their type; anything else is a string. */
export function parseValue(text: string): Json {
  try {
    return parse(text) as Json;
  } catch {
    return text;
  }
}

/** `with.a.b=1` and its siblings as one object to merge into `with`; undefined when there are none. */
export function parseChanges(assignments: string[]): JsonObject | undefined {
  const changes: JsonObject = {};
  for (const assignment of assignments) {
    const [key, value] = splitAssignment(assignment, "--set");
    const [root, ...names] = key.split(".");
    if (root !== "with" || names.length === 0 || names.includes(""))
      throw new PawlError("NOT_ALLOWED", `--set ${key} does not name a setting of the stage`, {
        expected: "--set with.NAME=VALUE",
        got: key,
        next: `write --set with.${names.length > 0 && root === "with" ? "learningRate" : key}=${value}`,
      });
    let inner = changes;
    for (const name of names.slice(0, -1)) inner = nested(inner, name);
    inner[names.at(-1)!] = parseValue(value);
  }
  return assignments.length === 0 ? undefined : changes;
}

function nested(owner: JsonObject, name: string): JsonObject {
  const found = owner[name];
  if (isObject(found)) return found;
  return (owner[name] = {});
}
