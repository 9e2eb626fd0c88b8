import { isObject, type Json } from "../../platform/json.js";
import { durationMs, isDuration, maxDuration } from "../../schemas/duration.js";
import type { Problem } from "../problem.js";
import { schemaAt, type Path, type Schema } from "../schema/schema.js";

/**
 * Every duration that is longer than the server accepts. `prefix`: where the value is in the
 * definition.
 */
export function longDurations(value: Json, schema: Schema | undefined, prefix: Path): Problem[] {
  if (schema === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((item, i) => longDurations(item, schema.items, [...prefix, i]));
  if (isObject(value))
    return Object.entries(value).flatMap(([name, item]) =>
      longDurations(item, schemaAt(schema, [name]), [...prefix, name]),
    );
  if (schema["x-duration"] !== true || typeof value !== "string" || !isDuration(value)) return [];
  if (durationMs(value) <= durationMs(maxDuration)) return [];
  return [
    {
      code: "OUT_OF_RANGE",
      path: prefix,
      message: `must be <= ${maxDuration} (100 years), got ${value}`,
      ...(schema.description === undefined ? {} : { expected: schema.description }),
      got: value,
      next: `set it to ${maxDuration} or less`,
    },
  ];
}
