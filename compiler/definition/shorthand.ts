import { isObject, type Json, type JsonObject } from "../../platform/json.js";
import type { StandIn } from "../references/stand-in.js";
import { memberSchema, schemaAt, valueAt, type Path, type Schema } from "../schema/schema.js";

/**
 * Settings with every shorthand written out. Text or an artifact `x` becomes `{ field: x }` if the
 * schema has a mapping with `x-shorthand: field` (schemas/fields/basic.ts), and one item becomes a
 * list of one where the schema has a list. Values of other types stay, for the schema to refuse; so
 * does an expression that may give a list.
 */
export function withoutShorthands<V extends Json>(value: V, schema: Schema): V {
  return expanded(value, schema) as V;
}

function expanded(value: Json, schema: Schema | undefined): Json {
  if (schema === undefined) return value;
  const field = shorthandField(schema);
  if (field !== undefined && (typeof value === "string" || isArtifact(value))) return { [field]: value };
  if (Array.isArray(value)) return value.map((item) => expanded(item, schema.items));
  if (isItem(value, schema) && !isExpression(value)) return [expanded(value, schema.items)];
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [name, expanded(member, memberSchema(schema, name))]);
  return Object.fromEntries(members) as JsonObject;
}

/** Whether a schema has a list for which one item may stand. */
export function takesOneItem({ type, items, minItems = 0 }: Schema): boolean {
  return type === "array" && items !== undefined && items.type !== "array" && (minItems as number) <= 1;
}

/** Whether a value stands for a list: it has the type of its items. */
function isItem(value: Json, schema: Schema): boolean {
  if (!takesOneItem(schema) || value === null) return false;
  const wanted = schema.items!.type === "integer" ? "number" : schema.items!.type;
  return typeof value === wanted || (shorthandField(schema.items) !== undefined && typeof value === "string");
}

const isExpression = (value: Json): boolean => typeof value === "string" && /^\s*\$\{\{[^]*\}\}\s*$/.test(value);

/** The field whose value may be written instead of the mapping; undefined if there is none. */
export function shorthandField(schema: Schema | undefined): string | undefined {
  const field = schema?.["x-shorthand"];
  return typeof field === "string" ? field : undefined;
}

const isArtifact = (value: Json): boolean => isObject(value) && typeof value["artifact"] === "string";

/**
 * Writes out the shorthands of resolved settings: an expression may give one item where the schema
 * has a list. Its stand-in moves into the list.
 * @param path of the settings; paths of stand-ins begin with it
 */
export function expandResolved(
  settings: Json,
  standIns: readonly StandIn[],
  schema: Schema,
  path: Path,
): { value: Json; standIns: StandIn[] } {
  const value = withoutShorthands(settings, schema);
  const moved = standIns.map((standIn) => {
    const at = standIn.path.slice(path.length);
    const list = valueAt(value, at);
    if (!Array.isArray(list) || Array.isArray(valueAt(settings, at))) return standIn;
    const field = shorthandField(schemaAt(schema, at)?.items);
    return { ...standIn, path: [...standIn.path, 0, ...(field === undefined ? [] : [field])] };
  });
  return { value, standIns: moved };
}

/**
 * The part of a path that exists in the text: inside a scalar there is only what a shorthand
 * expands to, and one item stands where its list would.
 */
export function pathInText(path: Path, root: Json): Path {
  const found: (string | number)[] = [];
  let at: Json | undefined = root;
  for (const step of path) {
    if (typeof at === "string") break;
    if (typeof step === "number" && isObject(at)) continue;
    found.push(step);
    at = typeof at === "object" && at !== null ? (at as Record<string | number, Json>)[step] : undefined;
  }
  return found;
}
