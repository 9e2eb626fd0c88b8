import { isObject, type Json, type JsonObject } from "../../platform/json.js";
import type { FormField } from "../people-messages.js";

/** JSON Schema bounds that a field supports. */
const bounds = [
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "minLength",
  "maxLength",
] as const satisfies (keyof FormField)[];

/**
 * Fields of a form from JSON Schemas by name. What is neither text, number, yes or no nor one of a
 * few is JSON.
 * @param required names; absent: all that have no default
 */
export function formFields(
  schemas: Readonly<Record<string, unknown>>,
  required: readonly string[] = withoutDefault(schemas),
): FormField[] {
  return Object.entries(schemas).map(([name, given]) => {
    const schema = isObject(given) ? given : {};
    const options = fieldOptions(schema);
    const { description, default: usual } = schema;
    const kept = bounds.flatMap((bound) =>
      typeof schema[bound] === "number" ? [[bound, schema[bound]] as const] : [],
    );
    return {
      name,
      kind: options ? "options" : fieldKind(schema),
      isRequired: required.includes(name),
      ...(typeof description === "string" && { description }),
      ...(options && { options }),
      ...(usual !== undefined && { default: usual }),
      ...Object.fromEntries(kept),
    };
  });
}

const withoutDefault = (schemas: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(schemas).filter((name) => {
    const schema = schemas[name];
    return !isObject(schema) || schema["default"] === undefined;
  });

/** The values that a field may have: of `enum`, or of `anyOf` with a `const` each. */
function fieldOptions({ enum: values, anyOf }: JsonObject): Json[] | undefined {
  if (Array.isArray(values)) return values;
  if (!Array.isArray(anyOf) || anyOf.length === 0) return undefined;
  const constants = anyOf.flatMap((one) => (isObject(one) && one["const"] !== undefined ? [one["const"]] : []));
  return constants.length === anyOf.length ? constants : undefined;
}

function fieldKind({ type }: JsonObject): FormField["kind"] {
  if (type === "number" || type === "integer" || type === "boolean") return type;
  return type === "string" ? "text" : "json";
}
