/** JSON Schema as plain data. */
export interface Schema {
  [keyword: string]: unknown;
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  description?: string;
}

/** Names and indices from a document's root to a value. */
export type Path = readonly (string | number)[];

/** The schema of the value at a path: through `properties`, `patternProperties` and `items`. */
export function schemaAt(schema: Schema | undefined, path: Path): Schema | undefined {
  let at = schema;
  for (const step of path) {
    if (at === undefined) return undefined;
    if (typeof step === "number") at = at.items;
    else {
      const patterns = at["patternProperties"] as Record<string, Schema> | undefined;
      at = at.properties?.[step] ?? Object.values(patterns ?? {})[0];
    }
  }
  return at;
}

/** The value at a path, undefined if there is none. */
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
