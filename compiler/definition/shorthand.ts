import { isObject, type Json, type JsonObject } from "../../platform/json.js";
import { memberSchema, type Path, type Schema } from "../schema/schema.js";

/**
 * Settings with every shorthand expanded to its mapping: text or an artifact `x` becomes
 * `{ field: x }` if the schema has a mapping with `x-shorthand: field` (schemas/fields/basic.ts).
 * Values of other types stay, for the schema to refuse.
 */
export function withoutShorthands<V extends Json>(value: V, schema: Schema): V {
  return expanded(value, schema) as V;
}

function expanded(value: Json, schema: Schema | undefined): Json {
  if (schema === undefined) return value;
  const field = shorthandField(schema);
  if (field !== undefined && (typeof value === "string" || isArtifact(value))) return { [field]: value };
  if (Array.isArray(value)) return value.map((item) => expanded(item, schema.items));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [name, expanded(member, memberSchema(schema, name))]);
  return Object.fromEntries(members) as JsonObject;
}

/** The field whose value may be written instead of the mapping; undefined if there is none. */
export function shorthandField(schema: Schema | undefined): string | undefined {
  const field = schema?.["x-shorthand"];
  return typeof field === "string" ? field : undefined;
}

const isArtifact = (value: Json): boolean => isObject(value) && typeof value["artifact"] === "string";

/**
 * The part of a path that exists in the text: inside a scalar there is only what a shorthand
 * expands to.
 */
export function pathInText(path: Path, root: Json): Path {
  let at: Json | undefined = root;
  for (const [i, step] of path.entries()) {
    if (typeof at === "string") return path.slice(0, i);
    at = typeof at === "object" && at !== null ? (at as Record<string | number, Json>)[step] : undefined;
  }
  return path;
}
