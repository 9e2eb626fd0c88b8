import type { Schema } from "../schema/schema.js";

/**
 * The form in which people write a `with`: fields with a default may be left out, at every depth.
 */
export function writtenForm(schema: Schema): Schema {
  const { properties, required, items, ...rest } = schema;
  const needed = (required ?? []).filter((name) => properties?.[name]?.["default"] === undefined);
  return {
    ...rest,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, body]) => [name, writtenForm(body)])),
    }),
    ...(needed.length > 0 && { required: needed }),
    ...(items && { items: writtenForm(items) }),
  };
}
