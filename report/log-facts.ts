import { isObject } from "../platform/json.js";
import { shortNumber } from "./values.js";

/** `step 200  ms 12`; nested values are flattened, and digests are shortened. */
export function factsText(data: Record<string, unknown>): string {
  return Object.entries(data)
    .map(([name, value]) => {
      if (isObject(value)) return factsText(value);
      if (typeof value === "number") return `${name} ${Number.isInteger(value) ? value : shortNumber(value)}`;
      const text = typeof value === "string" ? value : JSON.stringify(value);
      return `${name} ${/^[0-9a-f]{64}$/.test(text) ? text.slice(0, 12) : text}`;
    })
    .join("  ");
}
