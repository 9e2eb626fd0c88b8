/** JSON Schema as plain data. */
export interface Schema {
  [keyword: string]: unknown;
  type?: string | string[];
  properties?: Record<string, Schema>;
  /** For mappings with free names; has one pattern. */
  patternProperties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  description?: string;
}

/** A TypeBox schema as plain JSON, without TypeBox's symbols. */
export const plain = (schema: object) => JSON.parse(JSON.stringify(schema)) as Schema;

/** The marks that schemas of settings have for the compiler. */
export const ownKeywords = [
  "x-artifact",
  "x-rows",
  "x-path",
  "x-default",
  "x-duration",
  "x-query",
  "x-shorthand",
  "x-side",
  "x-secret",
];

/** Names and indices from a document's root to a value. */
export type Path = readonly (string | number)[];

/** The schema of the value at a path: through `properties`, `patternProperties` and `items`. */
export function schemaAt(schema: Schema | undefined, path: Path): Schema | undefined {
  let at = schema;
  for (const step of path) {
    if (at === undefined) return undefined;
    at = typeof step === "number" ? at.items : memberSchema(at, step);
  }
  return at;
}

/**
 * The schema of a mapping's member: its own, or that of all members of a mapping with free names.
 */
export function memberSchema(schema: Schema, name: string): Schema | undefined {
  return schema.properties?.[name] ?? Object.values(schema.patternProperties ?? {})[0];
}

/** Returns the value at a path, or undefined if there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}

/** The path that a JSON pointer (ajv's `instancePath`) spells; array indices become numbers. */
export function pointerPath(pointer: string, root: unknown): Path {
  const path: (string | number)[] = [];
  let at: unknown = root;
  for (const part of pointer.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    const step = Array.isArray(at) ? Number(name) : name;
    path.push(step);
    at = valueAt(at, [step]);
  }
  return path;
}
