import { escapeReason } from "../../platform/containment.js";
import type { Json } from "../../platform/json.js";
import { isObject } from "../../platform/json.js";
import { formatValue, type Problem } from "../problem.js";
import { memberSchema, type Path, type Schema } from "../schema/schema.js";

/**
 * Every path in a `with` that leaves its directory. `prefix`: where the `with` is in the
 * definition.
 */
export function pathProblems(value: Json, schema: Schema | undefined, prefix: Path): Problem[] {
  if (schema === undefined) return [];
  if (typeof value === "string" && schema["x-path"] === true) {
    const reason = escapeReason(value);
    if (reason === undefined) return [];
    return [
      {
        code: "PATH_TRAVERSAL",
        path: prefix,
        message: `must stay below the directory it is relative to: ${reason}`,
        ...(schema.description === undefined ? {} : { expected: schema.description }),
        got: formatValue(value),
        next: "use a relative path without ..",
      },
    ];
  }
  if (Array.isArray(value)) return value.flatMap((item, i) => pathProblems(item, schema.items, [...prefix, i]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    pathProblems(item, memberSchema(schema, name), [...prefix, name]),
  );
}
