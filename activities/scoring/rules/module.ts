import { pathToFileURL } from "node:url";
import type { ScoredRow } from "../scorer.js";
import type { RuleKind } from "../rule.js";

/**
 * The user's own: `export default (row) => number | boolean`, or a promise of one. `row` has
 * prompt, response, reference and task. It may import anything and read files. It must return the
 * same score for the same row, whatever rows came before.
 */
export const moduleRule: RuleKind = {
  needsReference: () => false,
  inProcess: true,
  open: async ({ file }) => {
    const loaded = (await import(pathToFileURL(file!).href)) as { default?: unknown };
    const rule = loaded.default;
    if (typeof rule !== "function") throw new TypeError(`its default export is ${describeType(rule)}, not a function`);
    return async (row) => toNumber(await (rule as (row: ScoredRow) => unknown)(row));
  },
};

function toNumber(value: unknown): number {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return value;
  throw new TypeError(`it returned ${describeType(value)}, not a number or a boolean`);
}

function describeType(value: unknown): string {
  return value === null ? "null" : `a value of type ${typeof value}`;
}
