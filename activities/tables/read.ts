import type { TableColumn } from "../../formats/table.js";
import { PawlError } from "../../platform/errors.js";
import type { TableSource } from "../../schemas/fields/source.js";
import type { StageContext } from "../stage.js";
import { openTable, requireIds, type IdColumn, type OpenTable } from "./open.js";
import { idColumn, typedColumn } from "./typed.js";

/** A whole table in memory, as text and with types. */
export interface ReadTable {
  description: string;
  cells: (string | undefined)[][];
  columns: TableColumn[];
}

/**
 * Reads all columns of a table. NaN in a column of floating-point numbers is a missing value.
 * @param ids columns of ids, which stay as written
 * @throws PawlError DATA_EMPTY for no rows, DATA_INVALID for an infinite number, and what
 *   `openTable` and `requireIds` throw
 */
export async function readTable(
  source: TableSource,
  where: string,
  context: StageContext,
  ids: readonly IdColumn[] = [],
): Promise<ReadTable> {
  const table = await openTable(source, where, context);
  try {
    await requireIds(table, ids);
    const cells = table.columns.map((): (string | undefined)[] => []);
    const floating = table.columns.map((name) => table.wholeUpTo(name) !== undefined);
    for await (const chunk of table.chunks(table.columns)) {
      await context.yield();
      chunk.forEach((column, i) => {
        for (const cell of column) cells[i]!.push(floating[i] ? finite(cell, table, i, cells[i]!.length) : cell);
      });
      context.progress({ phase: "read", done: cells[0]!.length, total: 0, unit: "rows", metrics: {} });
    }
    if (cells[0]!.length === 0)
      throw new PawlError("DATA_EMPTY", "the table has no rows", {
        where: `${where} (${table.description})`,
        expected: "at least one row",
        got: "0 rows",
        next: "check the file and the query",
      });
    const columns = table.columns.map((name, i) =>
      ids.some((id) => id.name === name) ? idColumn(name, cells[i]!) : typedColumn(name, cells[i]!),
    );
    return { description: table.description, cells, columns };
  } finally {
    await table.close();
  }
}

/** The text of a floating-point number; undefined for NaN. */
function finite(cell: string | undefined, table: OpenTable, column: number, row: number): string | undefined {
  if (cell !== "Infinity" && cell !== "-Infinity") return cell === "NaN" ? undefined : cell;
  throw new PawlError("DATA_INVALID", "a number is infinite", {
    where: `${table.description}, row ${row + 1}`,
    expected: "finite numbers; NULL or NaN where one is missing",
    got: `${cell} in the column ${table.columns[column]}`,
    next: "correct it, or replace it in `query`, for example `CASE WHEN isinf(x) THEN NULL ELSE x END`",
  });
}

/** The column without the rows for which `keep` is false. */
export function keepRows(column: TableColumn, keep: (row: number) => boolean): TableColumn {
  if (column.type === "text") return { ...column, values: column.values.filter((_, row) => keep(row)) };
  return { ...column, values: column.values.filter((_, row) => keep(row)) };
}
