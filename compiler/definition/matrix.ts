import { canonicalJson } from "../../platform/text/canonical-json.js";
import { isObject, shortJson, type Json, type JsonObject } from "../../platform/json.js";
import { maxCombinations } from "../../schemas/matrix.js";
import type { MatrixPlan } from "../../schemas/plan.js";
import type { Problem } from "../problem.js";
import type { Path } from "../schema/schema.js";

/** Keys of a matrix that name no list of values. */
export const matrixOptions: readonly string[] = ["include", "exclude", "maxParallel", "failFast"];

/**
 * The combinations of a matrix that fits the schema, as GitHub Actions makes them: all combinations
 * of the lists, the first list slowest; without those that `exclude` names; then each entry of
 * `include` adds its values to every combination of which it changes no value of a list, or is a
 * combination of its own if there is none. A name that a combination lacks is null in it.
 */
export function expandMatrix(matrix: JsonObject): JsonObject[] {
  const axes = Object.entries(matrix).filter((axis): axis is [string, Json[]] => !matrixOptions.includes(axis[0]));
  const product = axes.reduce<JsonObject[]>(
    (rows, [name, values]) => rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))),
    axes.length === 0 ? [] : [{}],
  );
  const kept = product.filter((row) => !objects(matrix["exclude"]).some((entry) => hasAll(row, entry)));
  const combinations = withIncluded(kept, objects(matrix["include"]));
  const names = [...new Set(combinations.flatMap(Object.keys))];
  return combinations.map((row) => Object.fromEntries(names.map((name) => [name, row[name] ?? null])));
}

function withIncluded(kept: readonly JsonObject[], included: readonly JsonObject[]): JsonObject[] {
  const rows = kept.map((row) => ({ ...row }));
  const added: JsonObject[] = [];
  for (const entry of included) {
    const fitting = rows.filter((_, i) =>
      Object.entries(entry).every(([name, value]) => agrees(kept[i]!, name, value)),
    );
    for (const row of fitting) Object.assign(row, entry);
    if (fitting.length === 0) added.push(entry);
  }
  return [...rows, ...added];
}

const agrees = (row: JsonObject, name: string, value: Json): boolean =>
  !Object.hasOwn(row, name) || isSame(row[name]!, value);

const hasAll = (row: JsonObject, entry: JsonObject): boolean =>
  Object.entries(entry).every(([name, value]) => Object.hasOwn(row, name) && isSame(row[name]!, value));

const isSame = (a: Json, b: Json): boolean => canonicalJson(a) === canonicalJson(b);

const objects = (list: Json | undefined): JsonObject[] => (Array.isArray(list) ? list.filter(isObject) : []);

/** Whether a matrix fits the schema and all its expressions are known. */
export function fitsMatrix(matrix: Json): matrix is JsonObject {
  if (!isObject(matrix)) return false;
  const isList = (value: Json): value is Json[] => Array.isArray(value) && !value.some(isOpen);
  return Object.entries(matrix).every(([name, value]) =>
    matrixOptions.includes(name)
      ? name === "maxParallel" || name === "failFast" || (isList(value) && value.every(isObject))
      : isList(value) && value.length > 0,
  );
}

/** Whether a value contains an expression whose value is unknown. */
const isOpen = (value: Json): boolean => JSON.stringify(value).includes("${{");

/** What a plan keeps of a matrix. */
export function matrixPlan(matrix: JsonObject): MatrixPlan {
  const { maxParallel, failFast } = matrix;
  return {
    combinations: expandMatrix(matrix),
    ...(typeof maxParallel === "number" && { maxParallel }),
    failFast: failFast !== false,
  };
}

/** What is wrong with a matrix that fits the schema. */
export function matrixProblems(matrix: JsonObject, path: Path): Problem[] {
  const names = Object.keys(matrix).filter((name) => !matrixOptions.includes(name));
  const lengths = names.map((name) => (matrix[name] as Json[]).length);
  const before = lengths.reduce((product, length) => product * length, 1);
  if (before > maxCombinations) return [tooMany(before, path)];
  const unknown = objects(matrix["exclude"]).flatMap((entry, i) =>
    Object.keys(entry)
      .filter((name) => !names.includes(name))
      .map((name) => unknownName(name, names, [...path, "exclude", i, name])),
  );
  if (unknown.length > 0) return unknown;
  const { length } = expandMatrix(matrix);
  if (length > maxCombinations) return [tooMany(length, path)];
  return length === 0 ? [noCombination(matrix, path)] : [];
}

function tooMany(count: number, path: Path): Problem {
  return {
    code: "OUT_OF_RANGE",
    path,
    at: "key",
    message: `must have at most ${maxCombinations} combinations, got ${count}`,
    expected: `at most ${maxCombinations} combinations`,
    got: String(count),
    next: "shorten its lists, or split the stage",
  };
}

function noCombination(matrix: JsonObject, path: Path): Problem {
  const isExcluded = Object.hasOwn(matrix, "exclude");
  return {
    code: "OUT_OF_RANGE",
    path,
    at: "key",
    message: isExcluded ? "has no combination: exclude leaves out all of them" : "has no combination",
    expected: "at least one combination",
    next: isExcluded ? "exclude fewer" : "add a list of values: rate: [0.001, 0.01], or an entry of include",
  };
}

function unknownName(name: string, names: readonly string[], path: Path): Problem {
  return {
    code: "UNKNOWN_REFERENCE",
    path,
    at: "key",
    message: `names ${shortJson(name)}, which has no list in this matrix`,
    expected: names.length === 0 ? "a name with a list of values" : names.join(", "),
    got: name,
    next: "correct the name: with it, nothing is excluded",
  };
}
