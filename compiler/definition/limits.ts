import type { Schema } from "../schema/schema.js";

/** The bounds of a number, as text. */
export function limits(schema: Schema): string {
  const signs = {
    minimum: "≥",
    exclusiveMinimum: ">",
    maximum: "≤",
    exclusiveMaximum: "<",
    multipleOf: "a multiple of",
  };
  return Object.entries(signs)
    .filter(([key]) => schema[key] !== undefined)
    .map(([key, sign]) => `${sign} ${String(schema[key])}`)
    .join(", ");
}
