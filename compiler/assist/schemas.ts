import { isObject } from "../../platform/json.js";
import { valueAt, type Path, type Schema } from "../schema/schema.js";

/**
 * The schemas that a value at a path has to fulfill one of, in the editor's schema: through
 * references, alternatives and the conditions that the definition fulfills (`uses` decides about
 * `with`).
 * @param document the definition, as far as it can be read
 */
export function schemasAt(root: Schema, path: Path, document: unknown): Schema[] {
  let found = alternatives(root, root, document);
  for (const [i, step] of path.entries()) {
    const value = valueAt(document, path.slice(0, i + 1));
    found = found.flatMap((schema) => member(schema, step)).flatMap((schema) => alternatives(root, schema, value));
  }
  return found;
}

function member(schema: Schema, step: string | number): Schema[] {
  if (typeof step === "number") return schema.items === undefined ? [] : [schema.items];
  const named = schema.properties?.[step];
  if (named !== undefined) return [named];
  const patterns = Object.entries(schema.patternProperties ?? {});
  return patterns.flatMap(([pattern, body]) => (new RegExp(pattern, "u").test(step) ? [body] : []));
}

/**
 * A schema, and what it consists of: references are followed, alternatives listed, conditions
 * decided.
 */
function alternatives(root: Schema, schema: Schema, value: unknown): Schema[] {
  const inner: Schema[] = [];
  const reference = schema["$ref"];
  if (typeof reference === "string" && reference.startsWith("#/definitions/")) {
    const target = valueAt(root["definitions"], [reference.slice("#/definitions/".length)]);
    if (isSchema(target)) inner.push(target);
  }
  for (const keyword of ["anyOf", "oneOf", "allOf"])
    if (Array.isArray(schema[keyword])) inner.push(...schema[keyword].filter(isSchema));
  const { if: condition, then } = schema as { if?: Schema; then?: Schema };
  if (condition !== undefined && then !== undefined && isFulfilled(condition, value)) inner.push(then);
  return [schema, ...inner.flatMap((one) => alternatives(root, one, value))];
}

/** The editor's schema has conditions of one form: a property is a constant. */
function isFulfilled({ properties = {} }: Schema, value: unknown): boolean {
  return Object.entries(properties).every(([name, body]) => valueAt(value, [name]) === body["const"]);
}

const isSchema = (value: unknown): value is Schema => isObject(value);
