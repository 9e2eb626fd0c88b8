import { symlink } from "node:fs/promises";
import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { DataFormat } from "../../../schemas/fields/data-format.js";
import { csvView } from "./load-csv.js";
import { jsonView } from "./load-json.js";
import { parquetView } from "./load-parquet.js";
import type { LinkedFile, LoadOptions, Relation } from "./relation.js";
import { textLines } from "../rows/text.js";
import type { LocalFile } from "../sources/local-file.js";

/**
 * How DuckDB reads the files.
 * @param asWritten every plain value as the text in the file; else with the types that DuckDB
 *   detects
 * @throws PawlError DATA_INVALID if a file is not of its format, or every file is empty; DuckDB's
 *   errors
 */
export async function readerRelation(
  connection: DuckDBConnection,
  files: readonly LocalFile[],
  format: Exclude<DataFormat, "text">,
  asWritten: boolean,
  options: LoadOptions,
): Promise<Relation> {
  const linked = await linkFiles(files, options.scratch);
  if (format === "csv") return csvView(linked, asWritten, options);
  if (format !== "parquet") return jsonView(connection, linked, format, asWritten, options);
  return parquetView(connection, linked);
}

/** Loads lines of text as the table `data` with the columns `line` and `file`. */
export async function loadLines(connection: DuckDBConnection, files: readonly LocalFile[]): Promise<void> {
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

/**
 * Links with plain names: DuckDB reads `*`, `?` and `[` in a name as a pattern, and detects gzip by
 * the name.
 */
async function linkFiles(files: readonly LocalFile[], directory: string): Promise<LinkedFile[]> {
  return Promise.all(
    files.map(async (file, i) => {
      const link = path.join(directory, `file-${i}${/\.gz$/i.test(file.name) ? ".gz" : ""}`);
      await symlink(path.resolve(file.path), link).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "EEXIST") throw error;
      });
      return { ...file, link };
    }),
  );
}
