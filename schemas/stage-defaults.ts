import { isObject, type Json, type JsonObject } from "../platform/json.js";

/**
 * The part of a JSON Schema from which ajv fills in defaults: properties and list items, not
 * alternatives.
 */
export interface DefaultsSchema {
  default?: unknown;
  properties?: Readonly<Record<string, DefaultsSchema>>;
  items?: DefaultsSchema;
  /** The field that may be written alone instead of the mapping (fields/basic.ts). */
  "x-shorthand"?: string;
  /**
   * What the activity takes for a field that is left out, where that is no default of JSON Schema:
   * it depends on other fields.
   */
  "x-default"?: unknown;
}

/**
 * A stage's settings without fields that equal their defaults, at every depth; with shorthands
 * where possible.
 */
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
    // The default itself may leave out fields that have defaults.
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

/**
 * Every default of a stage's settings by its path, also those of activities: `architecture.layers`,
 * `steps[].batchSize`.
 */
export function collectDefaults(schema: DefaultsSchema): JsonObject {
  const found: JsonObject = {};
  const visit = (body: DefaultsSchema, path: string): void => {
    const usual = body.default ?? body["x-default"];
    if (usual !== undefined) found[path] = usual as Json;
    for (const [name, field] of Object.entries(body.properties ?? {}))
      visit(field, path === "" ? name : `${path}.${name}`);
    if (body.items !== undefined) visit(body.items, `${path}[]`);
  };
  visit(schema, "");
  return found;
}
