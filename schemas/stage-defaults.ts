import { isObject, type Json, type JsonObject } from "../platform/json.js";

/** What of a JSON Schema says which defaults ajv fills in: it looks into properties and list items, not into alternatives. */
export interface DefaultsSchema {
  default?: unknown;
  properties?: Readonly<Record<string, DefaultsSchema>>;
  items?: DefaultsSchema;
  /** The field that stands for the whole where it is the only one (fields/basic.ts). */
  "x-shorthand"?: string;
}

/** A stage's settings without every field that equals its default, in nested objects and list items too; short where they may be. */
export function leaveOutDefaults(settings: JsonObject, schema: DefaultsSchema): JsonObject {
  return without(settings, schema) as JsonObject;
}

function without(value: Json, schema: DefaultsSchema): Json {
  if (Array.isArray(value))
    return schema.items === undefined ? value : value.map((item) => without(item, schema.items!));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).flatMap(([name, field]) => {
    const body = schema.properties?.[name] ?? {};
    const usual = body.default as Json | undefined;
    if (usual !== undefined && isEqual(field, usual)) return [];
    const rest = without(field, body);
    // The default may leave out what its own fields have as defaults.
    return usual !== undefined && isEqual(rest, without(usual, body)) ? [] : [[name, rest]];
  });
  const short = schema["x-shorthand"];
  const [first] = kept;
  if (kept.length === 1 && short !== undefined && first?.[0] === short) return first[1] as Json;
  return Object.fromEntries(kept) as JsonObject;
}

function isEqual(a: Json, b: Json): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => isEqual(item, b[i]!));
  if (!isObject(a) || !isObject(b)) return a === b;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isEqual(a[name]!, b[name]!))
  );
}

/** Every default of a stage's settings by its path: `architecture.layers`, `steps[].batchSize`. */
export function defaultsOf(schema: DefaultsSchema): JsonObject {
  const found: JsonObject = {};
  const visit = (body: DefaultsSchema, path: string): void => {
    if (body.default !== undefined) found[path] = body.default as Json;
    for (const [name, field] of Object.entries(body.properties ?? {}))
      visit(field, path === "" ? name : `${path}.${name}`);
    if (body.items !== undefined) visit(body.items, `${path}[]`);
  };
  visit(schema, "");
  return found;
}
