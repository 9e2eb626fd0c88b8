import { rm } from "node:fs/promises";
import type { DuckDBConnection, DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { PawlError } from "../../../platform/errors.js";
import type { Json } from "../../../platform/json.js";
import { append } from "../../../platform/lists.js";
import { storeError } from "../../../store/errors.js";
import { temporaryDirectory } from "../../../store/temporary.js";
import type { QueryParameter, QueryScalar } from "../../../schemas/fields/query.js";
import { explain, jsonLineFault } from "./faults.js";
import type { DataFormat } from "../../../schemas/fields/data-format.js";
import { checkJson } from "./json-check.js";
import { loadLines, readerRelation } from "./load.js";
import type { ReadyQuery } from "./query.js";
import type { LoadOptions } from "./relation.js";
import { refuseUnrepeatable } from "./repeatable.js";
import { interruptedReading, isSystemError, resourceError } from "./resource-error.js";
import { literals, quoteName } from "./sql.js";
import type { LocalFile } from "../sources/local-file.js";
import type { Column } from "./column.js";

/** A value as text, a list as JSON; undefined for NULL. */
export type Cell = string | Json[] | undefined;

export interface TableOptions extends Omit<LoadOptions, "scratch"> {
  /**
   * Absent: every value of CSV and JSON is the text in the file (`007`, `1.10`, `2020-01-01`). With
   * it DuckDB detects types, as SQL needs them.
   */
  query: ReadyQuery | undefined;
  /** The key of `with` that holds the query, or would hold it. */
  queryKey: string;
  /**
   * PAWL_HOME: DuckDB's temporary files are in its store; the next process removes those of a
   * killed one.
   */
  home: string;
  /**
   * DuckDB's memory limit, bytes; absent: 2 GiB. What exceeds it is written to disk, or is an
   * error.
   */
  memoryBytes?: number;
  /** Of SQL's random(). */
  seed: number;
  signal: AbortSignal;
}

/**
 * The files of a source as DuckDB's table `data`; for a query of CSV or JSON that names it, also as
 * the table `written`, with every value as the text in the file. Once they exist, the connection is
 * locked: SQL can read those files and nothing else, write nothing, load no extension, and change
 * no setting. One thread, a fixed seed, UTC and no clock: the same rows in the same order every
 * time and everywhere.
 */
export class Table {
  private constructor(
    private readonly connection: DuckDBConnection,
    /** Drops the table and its temporary files. */
    readonly close: () => Promise<void>,
    private readonly files: readonly LocalFile[],
    private readonly format: DataFormat,
    private readonly options: TableOptions,
  ) {}

  /** Rows in the files, if they were counted. */
  #rows: number | undefined;

  /**
   * @throws PawlError DATA_INVALID if a file is not of its format.
   */
  static async open(files: readonly LocalFile[], format: DataFormat, options: TableOptions): Promise<Table> {
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const scratch = await temporaryDirectory(options.home, "scratch");
    const instance = await DuckDBInstance.create(":memory:", {
      threads: "1",
      memory_limit: `${Math.floor((options.memoryBytes ?? queryMemory) / 2 ** 20)}MiB`,
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
      format,
      options,
    );
    try {
      await table.guard("DATA_INVALID", () => table.#load(scratch));
      return table;
    } catch (error) {
      await table.close();
      throw error;
    }
  }

  async #load(scratch: string): Promise<void> {
    const { connection, files, format, options } = this;
    const paths: string[] = [];
    const view = async (name: string, asWritten: boolean): Promise<void> => {
      if (format === "text") return loadLines(connection, files);
      const relation = await readerRelation(connection, files, format, asWritten, { ...options, scratch });
      await connection.run(`CREATE VIEW ${name} AS ${relation.sql}`);
      append(paths, relation.paths);
      this.#rows = relation.rows;
    };
    const { query } = options;
    if (format.startsWith("json")) for (const file of files) await checkJson(file);
    await view("data", query === undefined);
    if (query !== undefined && (format === "csv" || format.startsWith("json")) && /\bwritten\b/i.test(query.sql))
      await view("written", true);
    await setVariables(connection, query?.variables ?? {});
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run(`SET allowed_paths = ${literals(paths)}`);
    await connection.run("SET enable_external_access = false");
    await connection.run("SET lock_configuration = true");
  }

  /**
   * The columns of a query.
   * @throws PawlError QUERY_INVALID, with DuckDB's message, or for two columns of one name
   */
  async columns(query: string): Promise<Column[]> {
    return this.guard("QUERY_INVALID", async () => {
      const { StatementType } = await import("@duckdb/node-api");
      const statement = await this.connection.prepare(query);
      if (statement.statementType !== StatementType.SELECT)
        throw new Error("only a query is allowed here: SELECT …, WITH … SELECT …, or FROM …");
      await refuseUnrepeatable(this.connection, query, this.#where);
      const columns = Array.from({ length: statement.columnCount }, (_, i) => ({
        name: statement.columnName(i),
        type: statement.columnType(i).toString(),
      }));
      refuseSameNames(columns, this.#where);
      return columns;
    });
  }

  /**
   * The rows of a query that `columns` has accepted, read on demand; the cells in the order of
   * `names`.
   */
  async *rows(query: string, names: readonly string[]): AsyncGenerator<Cell[]> {
    for await (const columns of this.chunks(query, names))
      for (let row = 0; row < columns[0]!.length; row++) yield columns.map((cells) => cells[row]);
  }

  /**
   * The same, some thousand rows at a time, as columns in the order of `names`.
   * @throws PawlError for whatever keeps DuckDB from returning a row, however late it is
   */
  async *chunks(query: string, names: readonly string[]): AsyncGenerator<Cell[][]> {
    const { DuckDBTimestampTZValue, DuckDBTypeId, JsonDuckDBValueConverter } = await import("@duckdb/node-api");
    // Texts of times are made outside DuckDB, which does not hand its setting TimeZone on: the
    // default is this machine's offset today.
    DuckDBTimestampTZValue.timezoneOffsetInMinutes = 0;
    const result = await this.guard(this.#blamed, async () => {
      await this.#setSeed();
      return this.connection.stream(query);
    });
    const places = names.map((name) => result.columnNames().indexOf(name));
    for (let rows = 0; ;) {
      const chunk = await this.guard(this.#blamed, () => result.fetchChunk());
      if (!chunk || chunk.rowCount === 0) {
        // After an error `fetchChunk` returns no rows, as after the last row; but the result is
        // then no longer a streaming one.
        if (!result.isStreaming) throw await this.#lateFault(query);
        return this.#checkRows(rows);
      }
      rows += chunk.rowCount;
      yield places.map((index): Cell[] =>
        result.columnTypeId(index) === DuckDBTypeId.LIST
          ? chunk.convertColumnValues(index, JsonDuckDBValueConverter).map((list) => (list ?? undefined) as Cell)
          : chunk.getColumnValues(index).map(asText),
      );
    }
  }

  /** The key that holds the query, or would hold it. */
  get #where(): string {
    return this.options.query?.where ?? this.options.queryKey;
  }

  /** The cause if DuckDB cannot return rows: the query or, without one, the data. */
  get #blamed(): "DATA_INVALID" | "QUERY_INVALID" {
    return this.options.query === undefined ? "DATA_INVALID" : "QUERY_INVALID";
  }

  /** SQL's random() returns the same numbers for each read. */
  async #setSeed(): Promise<void> {
    await this.connection.run("SELECT setseed($seed)", { seed: (this.options.seed % 1_000_003) / 1_000_003 });
  }

  /**
   * Why a query ended before its last row: DuckDB's binding keeps no message of it, so the query
   * runs once more, without returning rows.
   * @returns an error of the system, if the query now succeeds
   * @throws PawlError what the query fails with
   */
  async #lateFault(query: string): Promise<PawlError> {
    await this.guard(this.#blamed, async () => {
      await this.#setSeed();
      await this.connection.run(`${runsWithoutRows}${query}`);
    });
    return interruptedReading(this.options.source);
  }

  /** Without a query every row of the files must be returned. */
  #checkRows(given: number): void {
    if (this.options.query !== undefined || this.#rows === undefined || given === this.#rows) return;
    throw new PawlError("INTERNAL", "some rows of the files were not read", {
      where: this.options.source,
      expected: `${this.#rows} rows`,
      got: `${given} rows`,
      next: "report it with a few lines of the file",
    });
  }

  async #dataFault(message: string): Promise<PawlError> {
    const ofLine = this.format === "jsonl" ? await jsonLineFault(this.files) : undefined;
    return (
      ofLine ??
      new PawlError("DATA_INVALID", "the data do not match their format", {
        where: this.options.source,
        expected: "complete, well-formed UTF-8 data; CSV with a header line",
        got: message,
      })
    );
  }

  private async guard<T>(code: "DATA_INVALID" | "QUERY_INVALID", work: () => Promise<T>): Promise<T> {
    const { signal } = this.options;
    try {
      signal.throwIfAborted();
      const done = await work();
      // An interrupted query may look finished.
      signal.throwIfAborted();
      return done;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof PawlError) throw error;
      // Readers report errors of the source itself: this error is about a link or a copy in the
      // store.
      if (isSystemError(error)) throw storeError(error, this.options.home);
      const message = explain(error, this.files).replace(`LINE 1: ${runsWithoutRows}`, "LINE 1: ");
      const resource = resourceError(message, this.options.source, this.options.home);
      if (resource !== undefined) throw resource;
      const inFile = /Malformed JSON|JSON transform error|CSV Error|invalid UTF-8|not utf-8|Parquet|magic bytes/i.test(
        message,
      );
      if (code === "DATA_INVALID" || inFile) throw await this.#dataFault(message);
      throw new PawlError("QUERY_INVALID", "DuckDB rejects the query", {
        where: this.#where,
        expected: "one SELECT over the table data, which reads nothing else",
        got: message,
      });
    }
  }
}

/** The names of a table's columns differ by more than their case, in DuckDB as well. */
function refuseSameNames(columns: readonly Column[], where: string): void {
  const known = new Set<string>();
  for (const { name } of columns) {
    if (known.has(name.toLowerCase()))
      throw new PawlError("QUERY_INVALID", `the query returns two columns ${name}`, {
        where,
        expected: "names that differ by more than upper and lower case",
        got: columns.map((column) => column.name).join(", "),
        next: "rename one, `SELECT id, other AS other_id`, or leave it out, `SELECT a.*, b.* EXCLUDE (id)`",
      });
    known.add(name.toLowerCase());
  }
}

const runsWithoutRows = "EXPLAIN ANALYZE ";

/**
 * The same on every machine, bytes: beyond a share of it DuckDB groups in more partitions, and rows
 * without an order come in another one.
 */
export const queryMemory = 2 ** 31;

/** Values reach DuckDB as values: their text is never read as SQL. */
async function setVariables(connection: DuckDBConnection, variables: ReadyQuery["variables"]): Promise<void> {
  for (const [name, value] of Object.entries(variables))
    await connection.run(`SET VARIABLE ${quoteName(name)} = $value`, ...(await bound(value)));
}

/** A value with its type, which is what the same literal in SQL would have. */
async function bound(value: QueryParameter): Promise<[{ value: DuckDBValue }, { value: DuckDBType }]> {
  const { listValue, LIST, VARCHAR } = await import("@duckdb/node-api");
  if (!isList(value)) return [{ value }, { value: await columnType([value]) }];
  const type = value.length === 0 ? VARCHAR : await columnType(value);
  return [{ value: listValue([...value]) }, { value: LIST(type) }];
}

/** `Array.isArray` does not narrow a readonly array. */
const isList = (value: QueryParameter): value is QueryScalar[] => Array.isArray(value);

async function columnType(values: readonly QueryScalar[]): Promise<DuckDBType> {
  const { BIGINT, BOOLEAN, DOUBLE, INTEGER, VARCHAR } = await import("@duckdb/node-api");
  if (typeof values[0] === "string") return VARCHAR;
  if (typeof values[0] === "boolean") return BOOLEAN;
  if (!values.every(Number.isSafeInteger)) return DOUBLE;
  return values.every((value) => Math.abs(Number(value)) < 2 ** 31) ? INTEGER : BIGINT;
}

function asText(value: DuckDBValue): string | undefined {
  return value === null ? undefined : String(value);
}
