import { join } from "node:path";
import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import { yieldProcess } from "../platform/processes/yield-process.js";
import { readJson, writeJson } from "./json-file.js";

/**
 * The artifact `table`: a Parquet file, the same as CSV, and `table.json`, which names and
 * describes them. A stage may add further files.
 */
export interface TableFacts {
  /** Name of the Parquet file. */
  file: string;
  /** What a row is, and where the rows came from. */
  description: string;
  rows: number;
  columns: { name: string; type: ColumnType }[];
}

export type ColumnType = "text" | "integer" | "number" | "boolean";

/** A column in memory; `undefined` and NaN are missing values, a boolean is 1 or 0. */
export type TableColumn =
  | { name: string; type: "text"; values: readonly (string | undefined)[] }
  | { name: string; type: Exclude<ColumnType, "text">; values: Float64Array };

/** A column of numbers. */
export type NumericColumn = Exclude<TableColumn, { type: "text" }>;

export const tableFactsFile = "table.json";
/** DuckDB's chunk. */
const chunkRows = 2048;
const sqlTypes = { text: "VARCHAR", integer: "BIGINT", number: "DOUBLE", boolean: "BOOLEAN" } as const;

/** What DuckDB may use while it writes a table. */
interface TableLimits {
  /** Its memory limit, bytes; the rest is written to files. */
  memoryBytes: number;
  /** The directory of those files; its creator removes it. */
  temporaryDirectory: string;
}

/**
 * Writes `<name>.parquet`, `<name>.csv` and `table.json` into a directory. Equal columns give equal
 * bytes.
 */
export async function writeTable(
  directory: string,
  name: string,
  description: string,
  columns: readonly TableColumn[],
  limits: TableLimits,
): Promise<TableFacts> {
  const rows = columns[0]?.values.length ?? 0;
  const memory_limit = `${Math.floor(limits.memoryBytes / 2 ** 20)}MiB`;
  await withDatabase({ memory_limit, temp_directory: limits.temporaryDirectory }, async (connection) => {
    const defined = columns.map((column) => `${quoted(column.name, '"')} ${sqlTypes[column.type]}`);
    await connection.run(`CREATE TABLE data (${defined.join(", ")})`);
    await fill(connection, columns, rows);
    for (const [ending, options] of [
      ["parquet", "FORMAT parquet, COMPRESSION zstd"],
      ["csv", "FORMAT csv, HEADER"],
    ] as const)
      await connection.run(`COPY data TO ${quoted(join(directory, `${name}.${ending}`), "'")} (${options})`);
  });
  const facts: TableFacts = {
    file: `${name}.parquet`,
    description,
    rows,
    columns: columns.map(({ name, type }) => ({ name, type })),
  };
  await writeJson(join(directory, tableFactsFile), facts);
  return facts;
}

/** The content of `table.json`. */
export async function readTableFacts(directory: string): Promise<TableFacts> {
  return (await readJson(join(directory, tableFactsFile))) as unknown as TableFacts;
}

/**
 * Columns of numbers of a table's first rows; a missing value is NaN.
 * @param facts the content of its `table.json`
 */
export async function readNumericColumns(
  directory: string,
  { file }: TableFacts,
  names: readonly string[],
  maxRows: number,
): Promise<Float64Array[]> {
  return withReader(join(directory, file), async (read, from) => {
    const cast = names.map((name) => `CAST(${quoted(name, '"')} AS DOUBLE)`).join(", ");
    const columns = await read(`SELECT ${cast} FROM ${from} LIMIT ${maxRows}`);
    return columns.map((column) => Float64Array.from(column, (value) => (value as number | null) ?? NaN));
  });
}

/** The beginning of a table. */
export interface FirstRows {
  /** The first ones; of CSV, each is text. */
  columns: { name: string; type: string }[];
  /** Columns that the table has. */
  columnCount: number;
  /** Values as text; null: missing. */
  rows: (string | null)[][];
  /** Rows that the table has; absent for CSV, which would have to be read completely. */
  rowCount?: number;
}

/** Characters of a value that are read. */
const maxValueLength = 200;

/** The first rows of a file that ends in `.parquet` or `.csv`, whoever wrote it. */
export async function readFirstRows(file: string, most: { rows: number; columns: number }): Promise<FirstRows> {
  return withReader(file, async (read, from, isParquet) => {
    const [names = [], types = []] = await read(`DESCRIBE SELECT * FROM ${from}`);
    const columns = names.slice(0, most.columns).map((name, i) => ({ name: String(name), type: String(types[i]) }));
    const cells = columns.map(({ name }) => `left(CAST(${quoted(name, '"')} AS VARCHAR), ${maxValueLength})`);
    const values = await read(`SELECT ${cells.join(", ")} FROM ${from} LIMIT ${most.rows}`);
    const [count] = isParquet ? await read(`SELECT CAST(count(*) AS DOUBLE) FROM ${from}`) : [];
    return {
      ...{ columns, columnCount: names.length },
      rows: (values[0] ?? []).map((_, row) => values.map((column) => column[row] as string | null)),
      ...(count && { rowCount: count[0] as number }),
    };
  });
}

/** The values of a query, by column. */
type Read = (sql: string) => Promise<DuckDBValue[][]>;

/** @param work gets the file as SQL reads from it */
async function withReader<T>(
  file: string,
  work: (read: Read, from: string, isParquet: boolean) => Promise<T>,
): Promise<T> {
  const isParquet = file.endsWith(".parquet");
  const name = quoted(file, "'");
  const from = isParquet ? `read_parquet(${name})` : `read_csv(${name}, header = true, all_varchar = true)`;
  return withDatabase({}, (connection) =>
    work(async (sql) => (await connection.runAndReadAll(sql)).getColumns(), from, isParquet),
  );
}

/** A database of one thread, for as long as the work takes. */
async function withDatabase<T>(
  options: Record<string, string>,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", { threads: "1", ...options });
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function fill(connection: DuckDBConnection, columns: readonly TableColumn[], rows: number): Promise<void> {
  const { BIGINT, BOOLEAN, DOUBLE, VARCHAR, DuckDBDataChunk } = await import("@duckdb/node-api");
  const types = { text: VARCHAR, integer: BIGINT, number: DOUBLE, boolean: BOOLEAN };
  const appender = await connection.createAppender("data");
  const chunkTypes = columns.map(({ type }) => types[type]);
  for (let start = 0; start < rows; start += chunkRows) {
    const chunk = DuckDBDataChunk.create(chunkTypes);
    const end = Math.min(rows, start + chunkRows);
    chunk.setColumns(columns.map((column) => cells(column, start, end)));
    appender.appendDataChunk(chunk);
    await yieldProcess();
  }
  appender.closeSync();
}

function cells(column: TableColumn, start: number, end: number): (string | number | bigint | boolean | null)[] {
  if (column.type === "text") return column.values.slice(start, end).map((value) => value ?? null);
  const plain = Array.from(column.values.subarray(start, end));
  const convert = { integer: BigInt, number: Number, boolean: Boolean }[column.type];
  return plain.map((value) => (Number.isNaN(value) ? null : convert(value)));
}

const quoted = (text: string, quote: '"' | "'"): string => quote + text.replaceAll(quote, quote + quote) + quote;
