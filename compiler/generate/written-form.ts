import type { Schema } from "../schema.js";

/** A `with` as it is written: what has a default may be left out. */
export function writtenForm(schema: Schema): Schema {
  const properties = schema.properties;
  if (schema.items !== undefined) return { ...schema, items: writtenForm(schema.items) };
  if (properties === undefined) return schema;
  const required = (schema.required ?? []).filter((name) => properties[name]?.["default"] === undefined);
  const { required: _all, ...rest } = schema;
  return {
    ...rest,
    properties: Object.fromEntries(Object.entries(properties).map(([name, body]) => [name, writtenForm(body)])),
    ...(required.length === 0 ? {} : { required }),
  };
}
