import { createRequire } from "node:module";
import { inputKeywords } from "../inputs/input-keywords.js";
import type { Schema } from "../schema/schema.js";

const prefix = "input";

/**
 * JSON Schema's own schema (draft-07), as definitions of the editor's schema: an editor cannot load
 * it without a network. The definition `input` is the whole schema.
 */
export function inputDefinitions(): Record<string, Schema> {
  const require = createRequire(import.meta.url);
  const {
    definitions,
    $schema: _schema,
    $id: _id,
    default: _default,
    title: _title,
    ...fields
  } = within(require("ajv/dist/refs/json-schema-draft-07.json") as Schema);
  const properties = fields.properties!;
  for (const [keyword, description] of Object.entries(inputKeywords))
    properties[keyword] = { ...properties[keyword], description };
  const parts = Object.entries(definitions as Record<string, Schema>).map(
    ([name, body]) => [named(name), body] as const,
  );
  return { [prefix]: fields, ...Object.fromEntries(parts) };
}

const named = (name: string): string => `${prefix}-${name}`;

/** Adjusts references in the schema to its new location. */
function within(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    if (typeof value !== "string") return value;
    // Formats that no editor checks.
    if (key === "format") return undefined;
    if (key !== "$ref") return value;
    return value === "#" ? `#/definitions/${prefix}` : `#/definitions/${named(value.replace("#/definitions/", ""))}`;
  }) as Schema;
}
