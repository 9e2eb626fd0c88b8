import type { TableColumn } from "../../formats/table.js";
import { PawlError } from "../../platform/errors.js";
import { patternExpression } from "../dataset/sources/paths.js";

/** A column as models read it. */
export interface InputColumn {
  name: string;
  values: Float64Array;
}

/** Maximum number of values of a text column that get their own columns. */
const maxValues = 24;

/**
 * The columns that patterns name (`*` stands for anything), in the table's order.
 * @throws PawlError DATA_INVALID for a pattern that matches none
 */
export function chosenColumns(
  columns: readonly TableColumn[],
  patterns: readonly string[],
  where: string,
): TableColumn[] {
  const expressions = patterns.map(patternExpression);
  expressions.forEach((expression, i) => {
    if (!columns.some(({ name }) => expression.test(name)))
      throw new PawlError("DATA_INVALID", `no column matches ${patterns[i]!}`, {
        where: `${where}[${i}]`,
        expected: columns.map(({ name }) => name).join(", "),
        got: patterns[i]!,
        next: "choose from these columns; * stands for anything",
      });
  });
  return columns.filter(({ name }) => expressions.some((expression) => expression.test(name)));
}

/**
 * Numbers are unchanged; text becomes a column for each of its most frequent values, 1 if the row
 * has it.
 */
export function inputColumns(column: TableColumn): InputColumn[] {
  const { name } = column;
  if (column.type !== "text") return [{ name, values: column.values }];
  const counts = new Map<string, number>();
  for (const value of column.values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  const frequent = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, maxValues);
  return frequent.map(([value]) => ({
    name: `${name} = ${value}`,
    values: Float64Array.from(column.values, (own) => Number(own === value)),
  }));
}

/**
 * The group of each row, numbered as they come; without a column, each row is a group.
 * @throws PawlError DATA_INVALID if a row's is missing, or there are fewer than folds
 */
export function rowGroups(columns: readonly TableColumn[], rows: number, settings: { group?: string; folds: number }) {
  const { group: name, folds } = settings;
  if (name === undefined) return Uint32Array.from({ length: rows }, (_, row) => row);
  const [column] = chosenColumns(columns, [name], "with.group");
  const numbers = new Map<string | number, number>();
  const groups = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    const value = column!.values[row];
    if (value === undefined || Number.isNaN(value)) throw missingGroup(name, row);
    if (!numbers.has(value)) numbers.set(value, numbers.size);
    groups[row] = numbers.get(value)!;
  }
  if (numbers.size >= folds) return groups;
  throw new PawlError("DATA_INVALID", `the column ${name} has fewer values than there are folds`, {
    where: "with.group",
    expected: `at least ${folds} values`,
    got: String(numbers.size),
    next: "choose fewer folds, or a column with more values",
  });
}

const missingGroup = (name: string, row: number): PawlError =>
  new PawlError("DATA_INVALID", `the column ${name} has no value in row ${row + 1}`, {
    where: "with.group",
    expected: "a value in every row",
    got: "none",
    next: `leave such rows out in the query: SELECT * FROM data WHERE ${name} IS NOT NULL`,
  });

/**
 * The target as 1 and 0.
 * @throws PawlError DATA_INVALID if it is missing or does not have two values
 */
export function binaryTarget(columns: readonly TableColumn[], name: string): Uint8Array {
  const [column] = chosenColumns(columns, [name], "with.target");
  const target = Uint8Array.from(column!.values as ArrayLike<unknown>, Number);
  const isBinary = column!.type !== "text" && column!.values.every((value) => value === 0 || value === 1);
  const positives = target.reduce((sum, value) => sum + value, 0);
  if (isBinary && positives > 0 && positives < target.length) return target;
  throw new PawlError(
    "DATA_INVALID",
    `the target ${name} must be 1 or 0 (true or false) in every row, and both must occur`,
    {
      where: "with.target",
      expected: "a column of two values",
      got: isBinary
        ? `${positives} of ${target.length} rows are 1`
        : `a column of type ${column!.type} with other values`,
      next: `create it in the query, for example SELECT *, ${name} > 5 AS target FROM data`,
    },
  );
}
