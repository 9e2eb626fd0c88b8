import { PawlError } from "../../../platform/errors.js";

/**
 * Maximum number of columns of a table: DuckDB keeps 32 KiB and more for each, within its memory
 * limit.
 */
export const maxColumns = 32_768;

/** @param where the file */
export function tooManyColumns(where: string, got: string): PawlError {
  return new PawlError("DATA_INVALID", "the table has too many columns", {
    where,
    expected: `at most ${maxColumns} columns`,
    got,
    next: "store what you need of it in fewer columns, for example one row for each value: id, name, value",
  });
}
