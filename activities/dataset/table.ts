import { mkdtemp, rm, symlink } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { DuckDBConnection, DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { PawlError } from "../../platform/errors.js";
import type { Json } from "../../platform/json.js";
import type { QueryParameter, QueryScalar } from "../../schemas/fields/query.js";
import { isConversation, isPlain } from "./columns.js";
import type { DataFormat } from "./format.js";
import type { ReadyQuery } from "./query.js";
import type { LocalFile } from "./source.js";
import { textLines } from "./text.js";

export interface Column {
  name: string;
  /** DuckDB's name of its type. */
  type: string;
}

/** A value as text, a list as JSON; undefined where the table has NULL. */
export type Cell = string | Json[] | undefined;

export interface TableOptions {
  /**
   * Takes every value of CSV and JSON as the text that stands in the file (`007`, `2020-01-01`);
   * without it DuckDB finds types, as SQL needs them.
   */
  asWritten: boolean;
  /** Of SQL's random(). */
  seed: number;
  /** For messages. */
  source: string;
  /** Where the query stands, for messages. */
  queryPlace: string;
  /** Of the query. */
  variables: ReadyQuery["variables"];
  /** Of CSV; absent: found. */
  delimiter?: string | undefined;
  signal: AbortSignal;
}

/**
 * The files of a source as DuckDB's table `data`. Once it is there, the connection is locked: SQL can read those files
 * and nothing else, write nothing, load no extension, and change no setting. One thread and a fixed seed: the same
 * rows in the same order every time.
 */
export class Table {
  private constructor(
    private readonly connection: DuckDBConnection,
    /** Forgets the table and its temporary files. */
    readonly close: () => Promise<void>,
    private readonly files: readonly LocalFile[],
    private readonly options: TableOptions,
  ) {}

  /**
   * @throws PawlError DATA_INVALID if a file is not of its format.
   */
  static async open(files: readonly LocalFile[], format: DataFormat, options: TableOptions): Promise<Table> {
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const scratch = await mkdtemp(path.join(os.tmpdir(), "pawl-data-"));
    const instance = await DuckDBInstance.create(":memory:", {
      threads: "1",
      temp_directory: scratch,
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
    });
    const connection = await instance.connect();
    const interrupt = () => connection.interrupt();
    options.signal.addEventListener("abort", interrupt);
    const table = new Table(
      connection,
      async () => {
        options.signal.removeEventListener("abort", interrupt);
        connection.closeSync();
        instance.closeSync();
        await rm(scratch, { recursive: true, force: true });
      },
      files,
      options,
    );
    try {
      await table.guard("DATA_INVALID", async () => {
        const paths = await linkFiles(files, scratch);
        if (format === "text") await loadLines(connection, files);
        else await loadRecords(connection, files, paths, format, options);
        await setVariables(connection, options.variables);
        await connection.run(`SET allowed_paths = ${list(paths)}`);
        await connection.run("SET enable_external_access = false");
        await connection.run("SET lock_configuration = true");
      });
      return table;
    } catch (error) {
      await table.close();
      throw error;
    }
  }

  /** The columns that a query gives. @throws PawlError QUERY_INVALID, with DuckDB's message. */
  async columns(query: string): Promise<Column[]> {
    return this.guard("QUERY_INVALID", async () => {
      const { StatementType } = await import("@duckdb/node-api");
      const statement = await this.connection.prepare(query);
      if (statement.statementType !== StatementType.SELECT)
        throw new Error("only a query is allowed here: SELECT …, WITH … SELECT …, or FROM …");
      return Array.from({ length: statement.columnCount }, (_, i) => ({
        name: statement.columnName(i),
        type: statement.columnType(i).toString(),
      }));
    });
  }

  /** The rows of a query that `columns` has accepted, read as they are asked for; the cells in the order of `names`. */
  async *rows(query: string, names: readonly string[]): AsyncGenerator<Cell[]> {
    for await (const columns of this.chunks(query, names))
      for (let row = 0; row < columns[0]!.length; row++) yield columns.map((cells) => cells[row]);
  }

  /** The same, some thousand rows at a time, as columns in the order of `names`. */
  async *chunks(query: string, names: readonly string[]): AsyncGenerator<Cell[][]> {
    const { DuckDBTypeId, JsonDuckDBValueConverter } = await import("@duckdb/node-api");
    const result = await this.guard("QUERY_INVALID", async () => {
      await this.connection.run("SELECT setseed($seed)", { seed: (this.options.seed % 1_000_003) / 1_000_003 });
      return this.connection.stream(query);
    });
    const places = names.map((name) => result.columnNames().indexOf(name));
    for (;;) {
      const chunk = await this.guard("QUERY_INVALID", () => result.fetchChunk());
      if (!chunk || chunk.rowCount === 0) return;
      yield places.map((place): Cell[] =>
        result.columnTypeId(place) === DuckDBTypeId.LIST
          ? chunk.convertColumnValues(place, JsonDuckDBValueConverter).map((list) => (list ?? undefined) as Cell)
          : chunk.getColumnValues(place).map(asText),
      );
    }
  }

  private async guard<T>(code: "DATA_INVALID" | "QUERY_INVALID", work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.options.signal.throwIfAborted();
      if (error instanceof PawlError) throw error;
      const message = explain(error, this.files);
      const inFile = /Malformed JSON|JSON transform error|CSV Error|invalid UTF-8|not utf-8|Parquet|magic bytes/i.test(
        message,
      );
      if (code === "DATA_INVALID" || inFile)
        throw new PawlError("DATA_INVALID", "the data are not what their format says", {
          where: this.options.source,
          expected: "whole, well-formed UTF-8 data; CSV with a line of column names",
          got: message,
        });
      throw new PawlError("QUERY_INVALID", "DuckDB refuses the query", {
        where: this.options.queryPlace,
        expected: "one SELECT over the table data, which reads nothing else",
        got: message,
      });
    }
  }
}

/** Values reach DuckDB as values: their text is never read as SQL. */
async function setVariables(connection: DuckDBConnection, variables: ReadyQuery["variables"]): Promise<void> {
  for (const [name, value] of Object.entries(variables))
    await connection.run(`SET VARIABLE ${quoteName(name)} = $value`, ...(await bound(value)));
}

/** A value with its type, which is what the same literal in SQL would have. */
async function bound(value: QueryParameter): Promise<[{ value: DuckDBValue }, { value: DuckDBType }]> {
  const { listValue, LIST, VARCHAR } = await import("@duckdb/node-api");
  if (!isList(value)) return [{ value }, { value: await typeOf([value]) }];
  const type = value.length === 0 ? VARCHAR : await typeOf(value);
  return [{ value: listValue([...value]) }, { value: LIST(type) }];
}

/** `Array.isArray` does not narrow a readonly array. */
const isList = (value: QueryParameter): value is QueryScalar[] => Array.isArray(value);

async function typeOf(values: readonly QueryScalar[]): Promise<DuckDBType> {
  const { BIGINT, BOOLEAN, DOUBLE, INTEGER, VARCHAR } = await import("@duckdb/node-api");
  if (typeof values[0] === "string") return VARCHAR;
  if (typeof values[0] === "boolean") return BOOLEAN;
  if (!values.every(Number.isSafeInteger)) return DOUBLE;
  return values.every((value) => Math.abs(Number(value)) < 2 ** 31) ? INTEGER : BIGINT;
}

/** A name as SQL writes it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Links of plain names to the files: DuckDB takes `*`, `?` and `[` in a name for a pattern. */
async function linkFiles(files: readonly LocalFile[], folder: string): Promise<string[]> {
  const paths = files.map((_, i) => path.join(folder, `file-${i}`));
  await Promise.all(files.map((file, i) => symlink(path.resolve(file.path), paths[i]!)));
  return paths;
}

async function loadRecords(
  connection: DuckDBConnection,
  files: readonly LocalFile[],
  links: readonly string[],
  format: Exclude<DataFormat, "text">,
  { asWritten, delimiter }: TableOptions,
): Promise<unknown> {
  const paths = list(links);
  const packed = files.every(({ name }) => /\.gz$/i.test(name)) ? ", compression = 'gzip'" : "";
  const view = (reader: string) => connection.run(`CREATE OR REPLACE VIEW data AS SELECT * FROM ${reader}`);
  if (format === "parquet") return view(`read_parquet(${paths}, union_by_name = true, binary_as_string = true)`);
  if (format === "csv") {
    // The header is not guessed at: guessing makes DuckDB skip lines that it does not understand.
    const settings = `header = true, skip = 0, union_by_name = true, all_varchar = ${asWritten}`;
    const delimited = delimiter === undefined ? "" : `, delim = ${literal(delimiter)}`;
    return view(`read_csv(${paths}, ${settings}${delimited}${packed})`);
  }
  const form = format === "jsonl" ? "newline_delimited" : "auto";
  const common = `${paths}, format = '${form}', records = true, maximum_object_size = 1073741824${packed}`;
  await view(`read_json(${common}, union_by_name = true, sample_size = -1)`);
  if (!asWritten) return undefined;
  const found = await connection.runAndReadAll("DESCRIBE data");
  const columns = found.getRows().map(([name, type]) => {
    return `${literal(String(name))}: ${literal(typeAsWritten(String(type)))}`;
  });
  return view(`read_json(${common}, columns = {${columns.join(", ")}})`);
}

async function loadLines(connection: DuckDBConnection, files: readonly LocalFile[]): Promise<void> {
  await connection.run("CREATE TABLE data (line VARCHAR, file VARCHAR)");
  const appender = await connection.createAppender("data");
  for (const file of files)
    for await (const line of textLines(file)) {
      appender.appendVarchar(line);
      appender.appendVarchar(file.name);
      appender.endRow();
    }
  appender.closeSync();
}

function typeAsWritten(type: string): string {
  if (isConversation(type)) return 'STRUCT("role" VARCHAR, "content" VARCHAR)[]';
  return isPlain(type) ? "VARCHAR" : type;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function list(paths: readonly string[]): string {
  return `[${paths.map(literal).join(", ")}]`;
}

function asText(value: DuckDBValue): string | undefined {
  return value === null ? undefined : String(value);
}

/** DuckDB's message with the user's names for the files, and without the pages of settings that it may end in. */
function explain(error: unknown, files: readonly LocalFile[]): string {
  const message = (error as Error).message
    .trim()
    .split(/\n\s*\n/)
    .slice(0, 2)
    .join("\n")
    .slice(0, 600);
  return message.replace(/[^\s"']*file-(\d+)(?=["'\s]|$)/g, (link, i) => files[Number(i)]?.name ?? link);
}
