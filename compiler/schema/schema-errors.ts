import type { ErrorObject } from "ajv";
import { nearest, proposal } from "../../expressions/nearest.js";
import { formatValue, type Problem } from "../problem.js";
import { pointerPath, schemaAt, valueAt, type Path, type Schema } from "./schema.js";
import { shorthandField } from "../definition/shorthand.js";

/**
 * ajv's errors as Pawl's: one for each mistake, with the nearest correct name and what to do next.
 * @param schema the schema the value was checked with
 * @param prefix where the value is in the definition
 */
export function schemaProblems(
  errors: readonly ErrorObject[],
  value: unknown,
  schema: Schema,
  prefix: Path,
): Problem[] {
  const mistyped = new Set(errors.filter(({ keyword }) => keyword === "type").map(({ instancePath }) => instancePath));
  const telling = errors.filter(
    ({ keyword, instancePath }) =>
      keyword === "type" || !(mistyped.has(instancePath) || (errors.length > 1 && ofAlternatives.includes(keyword))),
  );
  return telling.map((error) => {
    const path = pointerPath(error.instancePath, value);
    const holder = schemaAt(schema, path.slice(0, -1));
    const got = valueAt(value, path);
    if (prefix.length === 0 && path.length === 0 && got === null) return emptyDefinition;
    const problem =
      error.keyword === "const" && typeof holder?.["x-artifact"] === "string"
        ? wrongKind(path.slice(0, -1), got, holder)
        : describe(error, path, got, schemaAt(schema, path) ?? {});
    return { ...problem, path: [...prefix, ...problem.path] };
  });
}

/** Keywords of schemas that contain others, whose errors say what is wrong. */
const ofAlternatives = ["anyOf", "oneOf", "allOf", "if"];

const emptyDefinition: Problem = {
  code: "MISSING_KEY",
  path: [],
  message: "the definition is empty",
  next: "write name: and stages:",
};

type Parameters = Record<string, unknown>;

function describe(error: ErrorObject, path: Path, got: unknown, schema: Schema): Problem {
  const parameters = error.params as Parameters;
  switch (error.keyword) {
    case "additionalProperties":
      return unknownKey(path, String(parameters["additionalProperty"]), schema);
    case "required":
      return missingKey(path, String(parameters["missingProperty"]), schema);
    case "type":
      return wrongType(path, parameters["type"] as string | string[], got, schema);
    case "enum":
      return notAmong(path, got, schema);
    case "const":
      return {
        code: "NOT_ALLOWED",
        path,
        message: `must be ${formatValue(parameters["allowedValue"])}, got ${formatValue(got)}`,
        next: `write ${formatValue(parameters["allowedValue"])}`,
      };
    case "pattern":
      return wrongPattern(path, got, schema);
    default:
      return outOfRange(path, error, got, schema);
  }
}

/** How patterns of names end in the language's own schemas. */
const ofNames = "{0,63}$";

function unknownKey(path: Path, key: string, schema: Schema): Problem {
  const inside = [...path, key];
  const [pattern = ""] = Object.keys(schema.patternProperties ?? {});
  if (pattern.endsWith(ofNames))
    return {
      code: "NOT_ALLOWED",
      path: inside,
      at: "key",
      message: "is not a valid name",
      expected: `a letter, then letters, digits${pattern.includes("-]") ? ", -" : ""} and _; at most 64 characters`,
      got: key,
      next: "rename it",
    };
  const known = Object.keys(schema.properties ?? {});
  if (key === "<<")
    return {
      code: "UNKNOWN_KEY",
      path: inside,
      at: "key",
      message: "is a merge key, which YAML 1.2 does not have",
      expected: known.join(", "),
      got: key,
      next: "write out the keys of the mapping that it names; `defaults` holds settings of all stages",
    };
  const guess = nearest(key, known);
  return {
    code: "UNKNOWN_KEY",
    path: inside,
    at: "key",
    message: "is not a known key",
    expected: known.join(", "),
    got: key,
    next: guess === undefined ? "remove it, or choose one of those listed" : `write ${guess}`,
  };
}

function missingKey(path: Path, key: string, schema: Schema): Problem {
  const member = schema.properties?.[key];
  const kind = artifactKind(member);
  const example = kind === undefined ? key : `${key}: "\${{ stages.ID.outputs.NAME }}"`;
  return {
    code: "MISSING_KEY",
    path: [...path, key],
    at: "key",
    message: "is missing",
    ...(kind === undefined ? expectedFact(member) : { expected: artifactText(kind) }),
    next: `add ${example}`,
  };
}

/** Whether a schema expects an artifact or a list of them, and of which kind. */
export function artifactKind(schema: Schema | undefined): { kind: string; list: boolean } | undefined {
  const own = fullOrShort(schema)?.["x-artifact"];
  if (typeof own === "string") return { kind: own, list: false };
  const item = fullOrShort(schema?.items)?.["x-artifact"];
  return typeof item === "string" ? { kind: item, list: true } : undefined;
}

const ofKind = (kind: string): string => (kind === "any" ? "" : ` of kind ${kind}`);

/** `an artifact of kind model`, `one or more artifacts of kind dataset`, `an artifact`. */
export function artifactText({ kind, list }: { kind: string; list: boolean }): string {
  return `${list ? "one or more artifacts" : "an artifact"}${ofKind(kind)}`;
}

/** The field that a mapping's shorthand sets; any other schema itself. */
function fullOrShort(schema: Schema | undefined): Schema | undefined {
  const field = shorthandField(schema);
  return field === undefined ? schema : schema?.properties?.[field];
}

function wrongKind(path: Path, got: unknown, schema: Schema): Problem {
  const kind = String(schema["x-artifact"]);
  return {
    code: "WRONG_ARTIFACT",
    path,
    message: `must be an artifact of kind ${kind}, got one of kind ${String(got)}`,
    expected: schema.description ?? kind,
    got: String(got),
    next: `use an output of kind ${kind}`,
  };
}

/** Advice for a number that is written as a string. */
export const quotesAdvice = "remove the quotes";

function wrongType(path: Path, type: string | string[], got: unknown, schema: Schema): Problem {
  const types = [type].flat();
  const problem = { code: "WRONG_TYPE" as const, path, got: formatValue(got), ...expectedFact(schema) };
  const message = `must be ${types.join(" or ")}, got ${formatValue(got)}`;
  const kind = artifactKind(schema);
  if (kind !== undefined)
    return {
      ...problem,
      message: `must be ${artifactText(kind)}, got ${formatValue(got)}`,
      next: `write "\${{ stages.ID.outputs.NAME }}", an output${ofKind(kind.kind)}`,
    };
  const numeric = types.includes("integer") || types.includes("number");
  if (numeric && typeof got === "string" && got.trim() !== "" && Number.isFinite(Number(got)))
    return { ...problem, message, next: quotesAdvice };
  return { ...problem, message, next: typeAdvice(types, got, schema) };
}

function typeAdvice(types: readonly string[], got: unknown, schema: Schema): string {
  if (got === null) return "set a value, or remove the key";
  if (schema["x-duration"] === true) return "write a number and a unit: 30s, 5m, 6h or 1d";
  const [type] = types;
  if (type === "integer") return "write a whole number";
  if (type === "number") return "write a number";
  if (type === "boolean") return "write true or false";
  if (type === "array") return "write a list: [ … ]";
  if (type === "object") return "write a mapping: keys and values, indented or in { … }";
  return typeof got === "object" ? "write text" : `put it in quotes: "${formatValue(got)}"`;
}

function notAmong(path: Path, got: unknown, schema: Schema): Problem {
  const words = (schema.enum ?? []).map(String);
  return {
    code: "NOT_ALLOWED",
    path,
    message: `must be one of ${words.join(", ")}, got ${formatValue(got)}`,
    got: formatValue(got),
    next: proposal(typeof got === "string" ? got : "", words, "choose another word"),
  };
}

function wrongPattern(path: Path, got: unknown, schema: Schema): Problem {
  const duration = schema["x-duration"] === true;
  const example = duration ? "a duration such as 30s, 5m, 6h or 1d" : `text that matches ${String(schema["pattern"])}`;
  return {
    code: "NOT_ALLOWED",
    path,
    message: `must be ${example}, got ${formatValue(got)}`,
    got: formatValue(got),
    ...expectedFact(schema),
    next: duration ? "write a whole number and one of ms, s, m, h, d" : "change it so that it matches",
  };
}

const uniqueItems = "uniqueItems";

const ranges: Record<string, (limit: string) => string> = {
  minimum: (limit) => `must be >= ${limit}`,
  maximum: (limit) => `must be <= ${limit}`,
  exclusiveMinimum: (limit) => `must be > ${limit}`,
  exclusiveMaximum: (limit) => `must be < ${limit}`,
  multipleOf: (limit) => `must be a multiple of ${limit}`,
  minLength: (limit) => (limit === "1" ? "must not be empty" : `must have at least ${limit} characters`),
  maxLength: (limit) => `must have at most ${limit} characters`,
  minItems: (limit) => (limit === "1" ? "must not be empty" : `must have at least ${limit} items`),
  maxItems: (limit) => `must have at most ${limit} items`,
  minProperties: (limit) => (limit === "1" ? "must not be empty" : `must have at least ${limit} entries`),
  maxProperties: (limit) => `must have at most ${limit} entries`,
  [uniqueItems]: () => "must not have the same item twice",
};

function outOfRange(path: Path, { keyword, params, message }: ErrorObject, got: unknown, schema: Schema): Problem {
  const limit = (params as Parameters)["limit"] ?? (params as Parameters)["multipleOf"];
  const condition = ranges[keyword]?.(String(limit)) ?? message ?? `must satisfy ${keyword}`;
  const bounds = describeBounds(schema);
  return {
    code: "OUT_OF_RANGE",
    path,
    message: `${condition}, got ${formatValue(got)}`,
    got: formatValue(got),
    ...expectedFact(schema),
    next: rangeAdvice(keyword, bounds),
  };
}

function rangeAdvice(keyword: string, bounds: string): string {
  if (bounds !== "") return `use a value ${bounds}`;
  if (keyword === uniqueItems) return "remove one of the two";
  if (keyword.startsWith("min")) return "make it longer";
  return keyword.startsWith("max") ? "make it shorter" : "choose another value";
}

function describeBounds(schema: Schema): string {
  const names = { minimum: ">=", exclusiveMinimum: ">", maximum: "<=", exclusiveMaximum: "<" } as const;
  return Object.entries(names)
    .filter(([keyword]) => schema[keyword] !== undefined)
    .map(([keyword, sign]) => `${sign} ${String(schema[keyword])}`)
    .join(" and ");
}

const expectedFact = (schema: Schema | undefined) =>
  schema?.description === undefined ? {} : { expected: schema.description };
