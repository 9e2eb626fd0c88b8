import type { Ajv as AjvClass, ErrorObject, ValidateFunction } from "ajv";
import { nearest, proposal } from "../../expressions/nearest.js";
import { isObject, type Json, type JsonObject } from "../../platform/json.js";
import { append } from "../../platform/lists.js";
import { compilePattern } from "../../platform/text/pattern.js";
import { PatternProblem } from "../../platform/text/pattern-syntax.js";
import { loadAjv } from "./ajv.js";
import { validateSchema } from "../generated/meta-schema.js";
import { costProblem } from "./input-cost.js";
import { inputKeywords } from "./input-keywords.js";
import { formatValue, type Problem } from "../problem.js";
import { pointerPath, valueAt, type Path, type Schema } from "../schema/schema.js";
import { schemaProblems } from "../schema/schema-errors.js";

/** The inputs of a run: their known values, and their problems. */
export interface CheckedInputs {
  /** Given values and defaults. */
  values: JsonObject;
  /** Names declared. */
  declared: readonly string[];
  problems: Problem[];
}

/**
 * Checks the `inputs` of a definition (each body against JSON Schema's own schema, each default
 * against its body), and the values that a run sets.
 * @param given values of the run; undefined: only the definition is checked, and no value is
 *   missing
 */
export async function checkInputs(definition: Json, given: JsonObject | undefined): Promise<CheckedInputs> {
  const section = isObject(definition) ? definition["inputs"] : undefined;
  const bodies = isObject(section)
    ? Object.entries(section).filter((entry): entry is [string, JsonObject] => isObject(entry[1]))
    : [];
  const declared = bodies.map(([name]) => name);
  const problems = unknownInputs(given ?? {}, declared);
  const values: JsonObject = {};
  const ajv = bodies.length === 0 ? undefined : await loadAjv();
  for (const [name, body] of bodies) {
    const found = inputValue(ajv!, name, body, given);
    append(problems, found.problems);
    // Invalid values are reported here only, not at each use.
    if (found.value !== undefined && found.problems.length === 0) values[name] = found.value;
  }
  return { values, declared, problems };
}

function inputValue(
  ajv: AjvClass,
  name: string,
  body: JsonObject,
  given: JsonObject | undefined,
): { value?: Json; problems: Problem[] } {
  const path = ["inputs", name];
  const problems: Problem[] = [];
  const standard = body["default"];
  const own = given !== undefined && Object.hasOwn(given, name) ? given[name] : undefined;
  const costs = [standard, own].map((value) => costProblem(body, value ?? null, path)).find((found) => found);
  if (costs !== undefined) return { problems: [costs] };
  const check = compile(ajv, body, path, problems);
  if (check !== undefined && standard !== undefined && !check(standard))
    append(
      problems,
      valueProblems(check, standard, body, {
        path: [...path, "default"],
        what: `: the default of ${name}`,
        next: () => "correct the default, or the schema of the input",
      }),
    );
  const value = own === undefined ? standard : own;
  if (value === undefined) return { problems: [...problems, ...(given === undefined ? [] : [notGiven(name, body)])] };
  if (value !== standard && check !== undefined && !check(value))
    append(
      problems,
      valueProblems(check, value, body, {
        path,
        what: `: the value given for ${name}`,
        next: (advice) => `${advice}: --input ${name}=…`,
      }),
    );
  return { value, problems };
}

/**
 * Checks a value that one pipeline passes to an input of another.
 * @param path where the value is
 */
export type CheckPassed = (body: JsonObject, value: Json, path: Path) => Problem[];

/** A check of passed values, which prepares each schema once. */
export async function passedValues(): Promise<CheckPassed> {
  const ajv = await loadAjv();
  const checks = new Map<JsonObject, ValidateFunction | undefined>();
  return (body, value, path) => {
    const cost = costProblem(body, value, path);
    if (cost !== undefined) return [cost];
    const problems: Problem[] = [];
    // An invalid schema is reported in its own file.
    const check = checks.has(body) ? checks.get(body) : compile(ajv, body, path, []);
    checks.set(body, check);
    if (check !== undefined && !check(value))
      append(problems, valueProblems(check, value, body, { path, what: "", next: (advice) => advice }));
    return problems;
  };
}

function notGiven(name: string, { description }: JsonObject): Problem {
  return {
    code: "INPUT_INVALID",
    path: ["inputs", name],
    at: "key",
    message: "has no default and is not set",
    ...(typeof description === "string" ? { expected: description } : {}),
    next: `set it: --input ${name}=…`,
  };
}

function unknownInputs(given: JsonObject, declared: readonly string[]): Problem[] {
  return Object.keys(given)
    .filter((name) => !declared.includes(name))
    .map((name) => ({
      code: "INPUT_INVALID",
      path: ["inputs"],
      at: "key",
      message: `has no input ${name}, which the run was given`,
      expected: declared.length === 0 ? "no inputs" : declared.join(", "),
      got: name,
      next: proposal(name, declared, "remove it"),
    }));
}

function compile(ajv: AjvClass, body: JsonObject, path: Path, problems: Problem[]): ValidateFunction | undefined {
  if (!validateSchema(body)) {
    for (const error of firstByPlace(validateSchema.errors ?? [])) problems.push(notASchema(error, body, path));
    return undefined;
  }
  try {
    const check = ajv.compile(body);
    return guarded(check, path, problems);
  } catch (error) {
    if (error instanceof PatternProblem) problems.push(unusablePattern(error, body, path));
    else problems.push(unusableSchema(ajv, body, path, String((error as Error).message)));
    return undefined;
  }
}

/** Reports a check that cannot be completed as a problem of the schema, and lets the value pass. */
function guarded(check: ValidateFunction, path: Path, problems: Problem[]): ValidateFunction {
  const wrapped = (value: unknown): boolean => {
    try {
      return check(value);
    } catch (error) {
      if (!(error instanceof PatternProblem)) throw error;
      problems.push({ code: "INPUT_INVALID", path, message: `cannot be checked: ${error.message}`, next: error.next });
      return true;
    }
  };
  return Object.defineProperty(wrapped, "errors", { get: () => check.errors }) as ValidateFunction;
}

/**
 * A pattern that cannot be used, shown in its place: the first in the schema that has the fault.
 */
function unusablePattern(problem: PatternProblem, body: JsonObject, path: Path): Problem {
  const pattern = patternPlaces(body).find(({ source }) => patternFault(source) === problem.message);
  return {
    code: "INPUT_INVALID",
    path: [...path, ...(pattern?.at ?? [])],
    ...(pattern?.isKey && { at: "key" as const }),
    message: `must be a regular expression: ${problem.message}`,
    ...(pattern && { got: formatValue(pattern.source) }),
    next: problem.next,
  };
}

function patternFault(source: string): string | undefined {
  try {
    compilePattern(source);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Every pattern in a schema: values of `pattern`, names in `patternProperties`. */
function patternPlaces(value: Json, at: Path = []): { source: string; at: Path; isKey: boolean }[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    const inside = [...at, Array.isArray(value) ? Number(name) : name];
    const own = name === "pattern" && typeof item === "string" ? [{ source: item, at: inside, isKey: false }] : [];
    const keys = name === "patternProperties" && isObject(item) ? Object.keys(item) : [];
    return [
      ...own,
      ...keys.map((source) => ({ source, at: [...inside, source], isKey: true })),
      ...patternPlaces(item, inside),
    ];
  });
}

function notASchema(error: ErrorObject, body: JsonObject, path: Path): Problem {
  const at = pointerPath(error.instancePath, body);
  const got = valueAt(body, at);
  const allowed = (error.params as { allowedValues?: unknown[] }).allowedValues?.map(String);
  const what = allowed === undefined ? (error.message ?? error.keyword) : `must be one of ${allowed.join(", ")}`;
  return {
    code: "INPUT_INVALID",
    path: [...path, ...at],
    message: `${what}, got ${formatValue(got)}`,
    expected: "a JSON Schema, draft-07",
    got: formatValue(got),
    next: allowed === undefined ? "correct the schema of the input" : proposal(String(got), allowed, "choose another"),
  };
}

/**
 * Reports schemas that are valid JSON Schema but do not compile, usually because of an unknown
 * keyword.
 */
function unusableSchema(ajv: AjvClass, body: JsonObject, path: Path, message: string): Problem {
  const keyword = /unknown keyword: "(.*)"/.exec(message)?.[1];
  if (keyword === undefined)
    return {
      code: "INPUT_INVALID",
      path,
      message: `cannot be used: ${message}`,
      next: "correct the schema of the input",
    };
  const known = Object.keys(inputKeywords);
  const guess = nearest(keyword, known);
  return {
    code: "UNKNOWN_KEY",
    path: [...path, ...(findKey(body, keyword) ?? [])],
    at: "key",
    message: "is not a keyword of JSON Schema",
    expected: known.join(", "),
    got: keyword,
    next: guess === undefined ? "remove it" : `write ${guess}`,
  };
}

function findKey(value: Json, key: string): Path | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (isObject(value) && Object.hasOwn(value, key)) return [key];
  for (const [name, item] of Object.entries(value)) {
    const found = findKey(item, key);
    if (found !== undefined) return [Array.isArray(value) ? Number(name) : name, ...found];
  }
  return undefined;
}

/**
 * A schema's own errors come in bunches: one for each alternative. The first at each place says
 * enough.
 */
function firstByPlace(errors: readonly ErrorObject[]): ErrorObject[] {
  const deepest = errors.filter(
    (error) => !errors.some((other) => other.instancePath.startsWith(`${error.instancePath}/`)),
  );
  return deepest.filter((error, i) => deepest.findIndex((other) => other.instancePath === error.instancePath) === i);
}

/** How wrong values are reported: where, as what, and what to do. */
interface Told {
  path: Path;
  what: string;
  next: (advice: string) => string;
}

/** @param body the schema that the value was checked with */
function valueProblems(check: ValidateFunction, value: Json, body: JsonObject, { path, what, next }: Told): Problem[] {
  return schemaProblems(check.errors ?? [], value, body as Schema, path).map((problem) => {
    const at = problem.path.slice(path.length);
    const inside = at.length === 0 ? "" : ` at ${at.join(".")}`;
    const message = what === "" ? problem.message : `${what}${inside} ${problem.message}`;
    return { ...problem, code: "INPUT_INVALID", message, next: next(problem.next) };
  });
}
