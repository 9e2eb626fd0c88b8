/** What fits in workflow history: plain JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Whether a value is a JSON object and not an array or null. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value as errors show it: JSON, cut after 80 characters. */
export function shortJson(value: unknown): string {
  return shortText(JSON.stringify(value) ?? String(value));
}

/** A text as errors show it: cut after 80 characters. */
export function shortText(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
