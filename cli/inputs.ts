import { readFile } from "node:fs/promises";
import { inputSchemas } from "../api/definitions/input-schemas.js";
import { duplicateKey } from "../platform/text/duplicate-key.js";
import { PawlError } from "../platform/errors.js";
import { isObject, type Json, type JsonObject } from "../platform/json.js";
import { utf8Text } from "../platform/text/utf8.js";
import { holdsInJson, parseValue, splitAssignment } from "../api/definitions/assignments.js";

/** What the user gave for the inputs of a run. */
export interface InputOptions {
  /** `key=value`, each. */
  input: string[];
  /** A JSON file. */
  inputs?: string;
}

/**
 * The values of a run's inputs: those of the file, then those given one by one, typed by the
 * input's schema. The compiler checks whether they are valid.
 * @param text the definition, where the schemas are
 * @throws PawlError FILE_NOT_FOUND, INPUT_INVALID, NOT_ALLOWED
 */
export async function readInputs({ input, inputs }: InputOptions, text: string): Promise<JsonObject> {
  const values = inputs === undefined ? {} : await readInputsFile(inputs);
  const schemas = input.length === 0 ? {} : inputSchemas(text);
  const given: [string, Json][] = [];
  for (const assignment of input) {
    const [key, value] = splitAssignment(assignment, "--input");
    const typed = typedValue(value, Object.hasOwn(schemas, key) ? schemas[key] : undefined);
    if (!holdsInJson(typed)) throw notFinite(assignment);
    given.push([key, typed]);
  }
  // Entries, not assignments, so that `__proto__` is a name like others: no input has it.
  return Object.fromEntries([...Object.entries(values), ...given]);
}

function notFinite(assignment: string): PawlError {
  return new PawlError("INPUT_INVALID", `--input ${assignment} holds a number that is not finite`, {
    expected: "a value that JSON can hold",
    got: assignment,
    next: "give a finite number, or put text in quotes",
  });
}

/**
 * A value from the command line in the type that the schema expects: it stays a string if the
 * schema allows strings.
 */
export function typedValue(text: string, schema: Json | undefined): Json {
  const body = isObject(schema) ? schema : {};
  const choices = body["enum"];
  if (Array.isArray(choices))
    return choices.some((choice) => JSON.stringify(choice) === text) ? (JSON.parse(text) as Json) : text;
  const types = [body["type"] ?? []].flat();
  const value = parseValue(text);
  if (types.length === 0) return value;
  if (!types.includes("string")) return value;
  return types.some((type) => type !== "string" && isOfType(value, type)) ? value : text;
}

function isOfType(value: Json, type: Json): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  return type === "integer" ? Number.isInteger(value) : typeof value === type;
}

async function readInputsFile(file: string): Promise<JsonObject> {
  const next = 'write a JSON object there: {"name": value, …}';
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new PawlError(
      "FILE_NOT_FOUND",
      "the inputs file cannot be read",
      { where: file, next: "check --inputs" },
      { cause },
    );
  }
  const text = utf8Text(bytes, file, "INPUT_INVALID");
  let values: Json;
  try {
    values = JSON.parse(text) as Json;
  } catch (cause) {
    throw new PawlError(
      "INPUT_INVALID",
      `not valid JSON: ${(cause as Error).message}`,
      { where: file, next },
      { cause },
    );
  }
  const twice = duplicateKey(text);
  if (twice !== undefined)
    throw new PawlError("INPUT_INVALID", `the key ${twice} appears twice`, { where: file, next: "remove one of them" });
  if (!isObject(values))
    throw new PawlError("INPUT_INVALID", "the inputs of a run must be a JSON object", { where: file, next });
  if (!holdsInJson(values)) throw new PawlError("INPUT_INVALID", "a number is too large", { where: file, next });
  return values;
}
