import * as data from "@actions/expressions/data/index";
import type { ExpressionData, Pair } from "@actions/expressions/data/expressiondata";
import type { Json } from "../platform/json.js";

/** The engine's numbers lose everything below 1e-15 when written out. */
export class ExactNumber extends data.NumberData {
  override coerceString(): string {
    return this.value === 0 ? "0" : String(this.value);
  }
}

/**
 * The engine's dictionary ignores case, keeps only the first of `a` and `A`, and drops the key
 * `constructor`.
 */
export class ExactDictionary extends data.Dictionary {
  readonly entries = new Map<string, ExpressionData>();
  /**
   * What an unknown name yields: null (a stage that did not run has no outputs), an empty list, or
   * an error.
   */
  readonly missing: "null" | "list" | "error";
  constructor(pairs: Iterable<readonly [string, ExpressionData]>, missing: "null" | "list" | "error" = "error") {
    super();
    this.missing = missing;
    for (const [key, value] of pairs) this.entries.set(key, value);
  }
  override add(key: string, value: ExpressionData): void {
    this.entries.set(key, value);
  }
  override get(key: string): ExpressionData | undefined {
    return this.entries.get(key);
  }
  override values(): ExpressionData[] {
    return [...this.entries.values()];
  }
  override pairs(): Pair[] {
    return [...this.entries].map(([key, value]) => ({ key, value }));
  }
}

/** Plain JSON as the engine's data. */
export function toData(value: Json): ExpressionData {
  if (value === null) return new data.Null();
  if (typeof value === "boolean") return new data.BooleanData(value);
  if (typeof value === "number") return new ExactNumber(value);
  if (typeof value === "string") return new data.StringData(value);
  if (Array.isArray(value)) return toArray(value);
  return new ExactDictionary(Object.entries(value).map(([key, item]) => [key, toData(item)] as const));
}

/** One by one: as arguments of the constructor, a long list overflows the stack. */
function toArray(values: readonly Json[]): ExpressionData {
  const array = new data.Array();
  for (const value of values) array.add(toData(value));
  return array;
}

/**
 * The engine's data as plain JSON.
 * @throws Error for a number that JSON cannot hold
 */
export function fromData(value: ExpressionData): Json {
  if (value instanceof data.Null) return null;
  if (value instanceof data.NumberData) {
    if (!Number.isFinite(value.value)) throw new Error(`the value is ${value.value}, not a finite number`);
    return value.value;
  }
  if (value instanceof data.BooleanData || value instanceof data.StringData) return value.value;
  if (value instanceof data.Array) return value.values().map(fromData);
  return Object.fromEntries(value.pairs().map((pair) => [pair.key, fromData(pair.value)]));
}
