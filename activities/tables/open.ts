import { PawlError } from "../../platform/errors.js";
import type { TableSource } from "../../schemas/fields/source.js";
import { chooseFormat } from "../dataset/tables/format.js";
import { bringSource } from "../dataset/sources/source.js";
import { isPlain } from "../dataset/tables/columns.js";
import { readQuery } from "../dataset/tables/query.js";
import { quoteName } from "../dataset/tables/sql.js";
import { Table } from "../dataset/tables/table.js";
import type { StageContext } from "../stage.js";

/**
 * A table that is read column by column; values are text, as in the file unless a query computes
 * them.
 */
export interface OpenTable {
  /** For messages and dictionaries: `file accounts.csv`. */
  description: string;
  columns: string[];
  /** Some thousand rows at a time: the cells of the requested columns. */
  chunks(names: readonly string[]): AsyncGenerator<(string | undefined)[][]>;
  /**
   * Of a column of floating-point numbers, which do not keep how they were written: the number up
   * to which it tells all whole numbers apart. Undefined for any other type.
   */
  wholeUpTo(name: string): number | undefined;
  close(): Promise<void>;
}

/**
 * Opens a table: an artifact's, or CSV, Parquet, JSON or JSONL of any other source.
 * @param where the key of `with` that holds it
 * @throws PawlError DATA_MISSING, DATA_INVALID, QUERY_INVALID, PATH_TRAVERSAL, DOWNLOAD_FAILED
 */
export async function openTable(source: TableSource, where: string, context: StageContext): Promise<OpenTable> {
  const { description, files } = await bringSource(source, context, where);
  const { seed, signal, home } = context;
  const { delimiter } = source;
  const key = `${where}.query`;
  const query = source.query === undefined ? undefined : await readQuery(source.query, context.workingDirectory, key);
  const log = (message: string, data?: Record<string, unknown>) => context.log(message, data);
  const options = { query, queryKey: key, seed, home, source: description, delimiter, signal, log };
  const table = await Table.open(files, chooseFormat(source.format, files), options);
  try {
    const found = await table.columns(query?.sql ?? "SELECT * FROM data");
    const columns = found.map(({ name }) => name);
    return {
      description,
      columns,
      chunks: (names) => {
        for (const name of names)
          checkPlain(
            found.find((column) => column.name === name)!,
            description,
          );
        const sql = query?.sql ?? `SELECT ${names.map(quoteName).join(", ")} FROM data`;
        return table.chunks(sql, names) as AsyncGenerator<(string | undefined)[][]>;
      },
      wholeUpTo: (name) => largestWhole.get(found.find((column) => column.name === name)?.type ?? ""),
      close: table.close,
    };
  } catch (error) {
    await table.close();
    throw error;
  }
}

/** DuckDB's types of floating-point numbers. */
const largestWhole = new Map([
  ["DOUBLE", Number.MAX_SAFE_INTEGER],
  ["FLOAT", 2 ** 24 - 1],
]);

/** A column of ids, and the key of `with` that names it. */
export interface IdColumn {
  name: string;
  where: string;
}

/**
 * Checks that the columns of ids exist, and that they tell ids apart.
 * @throws PawlError DATA_INVALID for a column that does not exist, or one of floating-point numbers
 *   other than whole numbers that it tells apart: 40 ids of 19 digits may be one of them, and
 *   `1.10` is `1.1`
 */
export async function requireIds(table: OpenTable, ids: readonly IdColumn[]): Promise<void> {
  for (const { name, where } of ids) requireColumn(table, name, where);
  for (const { name, where } of ids) {
    const upTo = table.wholeUpTo(name);
    if (upTo === undefined) continue;
    const isLost = (id: number): boolean => !Number.isInteger(id) || Math.abs(id) > upTo;
    for await (const [cells] of table.chunks([name])) {
      const lost = cells!.find((cell) => cell !== undefined && isLost(Number(cell)));
      if (lost !== undefined) throw collapsed(table, name, where, { upTo, lost });
    }
  }
}

function collapsed(
  { description }: OpenTable,
  name: string,
  where: string,
  { upTo, lost }: { upTo: number; lost: string },
): PawlError {
  return new PawlError(
    "DATA_INVALID",
    `the ids in the column ${name} are floating-point numbers and may no longer differ`,
    {
      where: `${where} (${description})`,
      expected: `text, or whole numbers up to ${upTo}`,
      got: lost,
      next: "store ids as text; in a query of CSV or JSON read them from the table `written`, which holds every value as written in the file",
    },
  );
}

/**
 * The column of this name.
 * @throws PawlError DATA_INVALID that lists the existing columns, and proposes a delimiter that the
 *   only column holds
 */
export function requireColumn({ columns, description }: OpenTable, name: string, where: string): string {
  if (columns.includes(name)) return name;
  const only = columns.length === 1 ? columns[0]! : "";
  const delimiter = /[^\w\s"'.-]/u.exec(only)?.[0];
  throw new PawlError("DATA_INVALID", `the table has no column ${name}`, {
    where: `${where} (${description})`,
    expected: `a column ${name}`,
    got: `columns ${columns.join(", ")}`,
    next:
      delimiter === undefined
        ? "name the column in `columns`, or create it in `query`"
        : `set the delimiter of the columns: \`delimiter: "${delimiter}"\``,
  });
}

function checkPlain({ name, type }: { name: string; type: string }, description: string): void {
  if (isPlain(type)) return;
  throw new PawlError("DATA_INVALID", `the column ${name} does not hold plain values`, {
    where: description,
    expected: "text, numbers, booleans or dates",
    got: type,
    next: "select the needed part in `query`, or remove the column there",
  });
}
