import type { TableColumn } from "../../formats/table.js";

/** A whole number that a double holds, written as it would be printed: `007` is text. */
const integer = /^(0|-?[1-9]\d{0,14})$/;
const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const zeroFirst = /^[+-]?0\d/;

/** Text as the narrowest type that all its values have; blank is missing, except in text. */
export function typedColumn(name: string, values: readonly (string | undefined)[]): TableColumn {
  const present = values.filter((value): value is string => value !== undefined && value.trim() !== "");
  const all = (test: (value: string) => boolean): boolean => present.length > 0 && present.every(test);
  if (all((value) => integer.test(value))) return { name, type: "integer", values: numbers(values) };
  if (all((value) => isNumber(value))) return { name, type: "number", values: numbers(values) };
  if (all((value) => value === "true" || value === "false"))
    return { name, type: "boolean", values: Float64Array.from(values, truth) };
  return { name, type: "text", values };
}

/** Whether a text is a finite number. */
export function isNumber(value: string): boolean {
  return number.test(value) && !zeroFirst.test(value) && Number.isFinite(Number(value));
}

const numbers = (values: readonly (string | undefined)[]): Float64Array =>
  Float64Array.from(values, (value) => (value === undefined || value.trim() === "" ? NaN : Number(value)));

const truth = (value: string | undefined): number => (value === "true" ? 1 : value === "false" ? 0 : NaN);
