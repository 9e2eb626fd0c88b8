import type { DuckDBConnection } from "@duckdb/node-api";
import { PawlError } from "../../../platform/errors.js";
import { maxColumns, tooManyColumns } from "./column-count.js";
import type { LinkedFile, Relation } from "./relation.js";
import { describe, literals, quoteName, queryRows } from "./sql.js";

/** Digits of the longest decimal that DuckDB has: longer ones it reads as other numbers. */
const maxDigits = 38;

/**
 * Parquet files as a relation.
 * @throws PawlError DATA_INVALID for decimals of too many digits, for a number that the type of its
 *   column in the other files does not hold, and for too many columns; DuckDB's errors
 */
export async function parquetView(connection: DuckDBConnection, files: readonly LinkedFile[]): Promise<Relation> {
  const paths = files.map(({ link }) => link);
  const linkName = (link: unknown): string => files.find((file) => file.link === link)!.name;
  await refuseWide(connection, paths, linkName);
  const sql = `SELECT * FROM ${reader(paths)}`;
  if (await haveSeveralTypes(connection, paths)) await refuseRounded(connection, files, sql);
  return { sql, paths };
}

const reader = (paths: readonly string[]): string =>
  `read_parquet(${literals(paths)}, union_by_name = true, binary_as_string = true)`;

/** Refuses what DuckDB cannot hold: decimals of too many digits, too many columns. */
async function refuseWide(
  connection: DuckDBConnection,
  paths: readonly string[],
  linkName: (link: unknown) => string,
): Promise<void> {
  const schema = `parquet_schema(${literals(paths)})`;
  const [root] = await queryRows(
    connection,
    `SELECT file_name, num_children FROM ${schema} WHERE column_id = 0 AND num_children > ${maxColumns} LIMIT 1`,
  );
  if (root !== undefined) throw tooManyColumns(linkName(root[0]), `${root[1]} columns`);
  const [long] = await queryRows(
    connection,
    `SELECT file_name, name, precision FROM ${schema} WHERE precision > ${maxDigits} LIMIT 1`,
  );
  if (long === undefined) return;
  const [file, column, digits] = long.map(String) as [string, string, string];
  throw new PawlError("DATA_INVALID", `the decimals of the column ${column} have too many digits`, {
    where: linkName(file),
    expected: `at most ${maxDigits} digits`,
    got: `${digits} digits`,
    next: "write the column as text, or as decimals of fewer digits",
  });
}

/** Whether some name stands for values of several types, in different files or in one. */
async function haveSeveralTypes(connection: DuckDBConnection, paths: readonly string[]): Promise<boolean> {
  const found = await queryRows(
    connection,
    `SELECT lower(name) FROM parquet_schema(${literals(paths)}) GROUP BY 1 HAVING count(DISTINCT duckdb_type) > 1 LIMIT 1`,
  );
  return found.length > 0;
}

/**
 * Refuses integers and decimals that change because other files hold the column as floating-point
 * numbers: DuckDB reads a column of all files with one type.
 */
async function refuseRounded(connection: DuckDBConnection, files: readonly LinkedFile[], sql: string): Promise<void> {
  const floating = (await describe(connection, sql)).filter(({ type }) => /\b(DOUBLE|FLOAT)\b/.test(type));
  if (floating.length === 0) return;
  for (const file of files) {
    const own = `SELECT * FROM ${reader([file.link])}`;
    for (const { name, type } of await describe(connection, own)) {
      const commonType = floating.find((common) => common.name.toLowerCase() === name.toLowerCase())?.type;
      if (commonType === undefined || commonType === type) continue;
      const column = quoteName(name);
      const back = `TRY_CAST(CAST(${column} AS ${commonType}) AS ${type})`;
      const [changed] = await queryRows(
        connection,
        `SELECT CAST(${column} AS VARCHAR) FROM (${own}) WHERE ${column} IS DISTINCT FROM ${back} LIMIT 1`,
      );
      if (changed === undefined) continue;
      throw new PawlError("DATA_INVALID", `the column ${name} holds a number that would be rounded`, {
        where: file.name,
        expected: `numbers that ${commonType} holds, the type of ${name} in other files of the source`,
        got: String(changed[0]).slice(0, 80),
        next: `write ${name} with one type in all files, for example as text`,
      });
    }
  }
}
