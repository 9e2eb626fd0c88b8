import { readSource } from "../../compiler/definition/source.js";
import { isObject, type JsonObject } from "../../platform/json.js";

/**
 * The schemas of a definition's inputs by name, as far as it can be read; the compiler reports what
 * is wrong with it.
 */
export function inputSchemas(text: string): JsonObject {
  const definition = readSource(text).source?.value;
  const inputs = isObject(definition) ? definition["inputs"] : undefined;
  return isObject(inputs) ? inputs : {};
}
