import type { TableColumn } from "../../formats/table.js";

/** A whole number in its printed form: `007` is text. */
const integer = /^(0|-?[1-9]\d*)$/;
const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const zeroFirst = /^[+-]?0\d/;

/**
 * Text as the narrowest type that all its values have; blank is missing, except in text. If a
 * double cannot hold every whole number of a column, all are text: they are names of things, not
 * quantities.
 */
export function typedColumn(name: string, values: readonly (string | undefined)[]): TableColumn {
  const present = values.filter((value): value is string => value !== undefined && value.trim() !== "");
  const all = (test: (value: string) => boolean): boolean => present.length > 0 && present.every(test);
  if (all((value) => integer.test(value)))
    return all((value) => Number.isSafeInteger(Number(value)))
      ? { name, type: "integer", values: numbers(values) }
      : { name, type: "text", values };
  if (all((value) => isNumber(value))) return { name, type: "number", values: numbers(values) };
  if (all((value) => value === "true" || value === "false"))
    return { name, type: "boolean", values: Float64Array.from(values, truth) };
  return { name, type: "text", values };
}

/**
 * Ids as written: text, unless all are whole numbers that are written back unchanged (`1.10` is not
 * 1.1).
 */
export function idColumn(name: string, ids: readonly (string | undefined)[]): TableColumn {
  const column = typedColumn(name, ids);
  return column.type === "integer" ? column : { name, type: "text", values: ids };
}

/** Whether a text is a finite number. */
export function isNumber(value: string): boolean {
  return number.test(value) && !zeroFirst.test(value) && Number.isFinite(Number(value));
}

const numbers = (values: readonly (string | undefined)[]): Float64Array =>
  Float64Array.from(values, (value) => (value === undefined || value.trim() === "" ? NaN : Number(value)));

const truth = (value: string | undefined): number => (value === "true" ? 1 : value === "false" ? 0 : NaN);
