import type { Json } from "../../platform/json.js";
import type { FormField } from "../people-messages.js";

/** What a field holds while it is edited. */
export const fieldText = (value: Json | undefined, { kind }: Pick<FormField, "kind">): string => {
  if (value === undefined) return "";
  const isText = kind !== "json" && kind !== "options";
  if (typeof value === "string" && (isText || isExpression(value))) return value;
  return JSON.stringify(value, null, kind === "json" ? 2 : 0);
};

/** An expression is text in a field of any kind: it is evaluated when the stage starts. */
const isExpression = (text: string): boolean => text.includes("${{");

/** The value of a field's text, or what is wrong with it. An empty text is no value. */
export function fieldValue(text: string, field: FormField): { value?: Json; error?: string } {
  if (text.trim() === "" && field.kind !== "text") return field.isRequired ? { error: "is missing" } : {};
  if (text === "" && field.isRequired) return { error: "is missing" };
  if (text === "") return {};
  if (isExpression(text)) return { value: text };
  switch (field.kind) {
    case "text":
      return lengthChecked(text, field);
    case "number":
    case "integer":
      return numberChecked(text, field);
    case "boolean":
      return { value: text === "true" };
    case "options":
    case "json":
      return parsed(text);
  }
}

/** What an input is set to by a field's text that is not empty; the compiler checks it. */
export const inputValue = (text: string, { kind }: Pick<FormField, "kind">): Json =>
  kind === "text" ? text : (parsed(text).value ?? text);

function parsed(text: string): { value?: Json; error?: string } {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return { error: "is not JSON: texts need quotes" };
  }
}

function lengthChecked(text: string, { minLength = 0, maxLength = Infinity }: FormField) {
  if (text.length < minLength) return { error: `must have at least ${minLength} characters` };
  return text.length > maxLength ? { error: `must have at most ${maxLength} characters` } : { value: text };
}

function numberChecked(text: string, field: FormField): { value?: Json; error?: string } {
  const value = Number(text);
  if (!Number.isFinite(value)) return { error: "must be a number" };
  if (field.kind === "integer" && !Number.isInteger(value)) return { error: "must be a whole number" };
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = field;
  if (minimum !== undefined && value < minimum) return { error: `must be ≥ ${minimum}` };
  if (maximum !== undefined && value > maximum) return { error: `must be ≤ ${maximum}` };
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) return { error: `must be > ${exclusiveMinimum}` };
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) return { error: `must be < ${exclusiveMaximum}` };
  return { value };
}

/** Bounds of a field in words: `number > 0 and ≤ 1`. */
export function boundsText(field: FormField): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, kind } = field;
  const low = minimum !== undefined ? `≥ ${minimum}` : exclusiveMinimum !== undefined ? `> ${exclusiveMinimum}` : "";
  const high = maximum !== undefined ? `≤ ${maximum}` : exclusiveMaximum !== undefined ? `< ${exclusiveMaximum}` : "";
  const words = { integer: "whole number", number: "number", json: "JSON", text: "", boolean: "", options: "" };
  return [words[kind], [low, high].filter(Boolean).join(" and ")].filter(Boolean).join(" ");
}

/**
 * The messages of an INPUT_INVALID of the server by field: `rate must be < 1; name is required`.
 */
export function messagesByField(message: string, fields: readonly FormField[]): Record<string, string> {
  return Object.fromEntries(
    message.split("; ").flatMap((part) => {
      const field = fields.find(({ name }) => part.startsWith(`${name} `) || part.startsWith(`${name}.`));
      return field === undefined ? [] : [[field.name, part.slice(field.name.length).trim()]];
    }),
  );
}
