import { isObject, type Json, type JsonObject } from "../../platform/json.js";
import type { Problem } from "../problem.js";
import type { Path } from "../schema/schema.js";

/**
 * Maximum number of visits of a value by a schema in one check; 10 million take at most about a
 * second.
 */
const maxVisits = 10_000_000;
/** Maximum number of nested schemas, with references written out. */
const deepest = 1000;
/** Maximum number of item pairs that `uniqueItems` compares. */
const maxPairs = 10_000_000;

/**
 * Why the check of an input would take too long: references that are circular or multiply, or a
 * list too long to compare each item with every other. Returns undefined if it would not.
 * @param path of the input
 */
export function costProblem(body: JsonObject, value: Json, path: Path): Problem | undefined {
  const found = new Cost(body, path).of(body, path);
  if (typeof found === "object") return found;
  const { values, pairs } = measureSize(value);
  if (found * values > maxVisits)
    return {
      code: "INPUT_INVALID",
      path,
      message: `takes too many steps to check: the schema has ${found} parts once references are written out, the value ${values}`,
      next: "make the schema simpler, or the value smaller",
    };
  if (pairs <= maxPairs || !names(body, "uniqueItems")) return undefined;
  return {
    code: "INPUT_INVALID",
    path,
    message: "has a list that is too long for uniqueItems, which compares each item with every other",
    next: "remove uniqueItems, or shorten the list",
  };
}

/** Keywords whose value is not a schema, and those whose value maps names to schemas. */
const dataKeywords = new Set(["default", "const", "enum", "examples"]);
const mapKeywords = new Set(["properties", "patternProperties", "definitions", "$defs", "dependencies"]);

/** Parts of a schema that are visited for one value, references written out. */
class Cost {
  readonly #known = new Map<object, number>();
  readonly #open = new Set<object>();

  constructor(
    private readonly root: JsonObject,
    private readonly path: Path,
  ) {}

  /** @param isMap whether its keys are names that the user chose, and not keywords */
  of(part: Json, at: Path, isMap = false): number | Problem {
    if (typeof part !== "object" || part === null) return 0;
    const known = this.#known.get(part);
    if (known !== undefined) return known;
    this.#open.add(part);
    let cost = 1;
    for (const [key, inner] of Object.entries(part)) {
      const inside = [...at, Array.isArray(part) ? Number(key) : key];
      if (!isMap && dataKeywords.has(key)) continue;
      const found =
        !isMap && key === "$ref" && typeof inner === "string"
          ? this.#referred(inner, inside)
          : this.of(inner, inside, !isMap && mapKeywords.has(key));
      if (typeof found === "object") return found;
      cost = Math.min(cost + found, Number.MAX_SAFE_INTEGER);
    }
    this.#open.delete(part);
    this.#known.set(part, cost);
    return cost;
  }

  #referred(reference: string, at: Path): number | Problem {
    const target = reference.startsWith("#") ? this.#resolve(reference) : undefined;
    // ajv reports names that do not exist.
    if (target === undefined && reference.startsWith("#")) return 1;
    if (target !== undefined && !this.#open.has(target) && this.#open.size < deepest)
      return this.of(target as Json, [...this.path, ...pointerSteps(reference)]);
    return {
      code: "INPUT_INVALID",
      path: at,
      message:
        target === undefined
          ? "refers to something outside of the schema"
          : this.#open.has(target)
            ? "refers to a schema that contains it"
            : `refers through more than ${deepest} schemas`,
      expected: "a part of the same schema that does not lead back here: #/definitions/NAME",
      got: reference,
      next: "write the schema out",
    };
  }

  /** Finds the object that a JSON pointer names. */
  #resolve(reference: string): object | undefined {
    let at: Json | undefined = this.root;
    for (const name of pointerSteps(reference))
      at = typeof at === "object" && at !== null ? (at as JsonObject)[name] : undefined;
    return typeof at === "object" && at !== null ? at : undefined;
  }
}

/** Splits a JSON pointer that begins with `#` into names. */
const pointerSteps = (reference: string): string[] =>
  reference
    .slice(1)
    .split("/")
    .slice(1)
    .map((step) => decoded(step).replaceAll("~1", "/").replaceAll("~0", "~"));

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

/** Counts values (nested ones included) and pairs of items in lists. */
function measureSize(value: Json): { values: number; pairs: number } {
  if (typeof value !== "object" || value === null) return { values: 1, pairs: 0 };
  const inner = Object.values(value).map(measureSize);
  const pairs = Array.isArray(value) ? (value.length * (value.length - 1)) / 2 : 0;
  return inner.reduce((sum, one) => ({ values: sum.values + one.values, pairs: sum.pairs + one.pairs }), {
    values: 1,
    pairs,
  });
}

function names(value: Json, key: string): boolean {
  if (typeof value !== "object" || value === null) return false;
  return (isObject(value) && Object.hasOwn(value, key)) || Object.values(value).some((inner) => names(inner, key));
}
