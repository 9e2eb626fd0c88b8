import { createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { DuckDBConnection } from "@duckdb/node-api";
import { mapBounded } from "../../../platform/map-bounded.js";
import { contentField, conversationType, isPlain } from "./columns.js";
import { quoteNumbers } from "./json-numbers.js";
import { filesWithContent, type LinkedFile, type LoadOptions, type Relation } from "./relation.js";
import { describe, literal, literals, quoteName, queryRows } from "./sql.js";
import { readChunks } from "../rows/text.js";
import type { Column } from "./column.js";

/**
 * Bytes of the largest record. DuckDB reserves twice as many per read, within the memory limit of a
 * query (`Table`).
 */
const largestRecord = 2 ** 28;

/** Files that are copied at the same time. */
const filesAtOnce = 8;

/**
 * JSON or JSON lines as a relation.
 * @throws PawlError DATA_INVALID if every file is empty; DuckDB's errors
 */
export async function jsonView(
  connection: DuckDBConnection,
  files: readonly LinkedFile[],
  format: "json" | "jsonl",
  asWritten: boolean,
  options: LoadOptions,
): Promise<Relation> {
  const filled = await filesWithContent(files, isEmptyJson, options);
  const form = format === "jsonl" ? "newline_delimited" : "auto";
  const common = `format = '${form}', records = true, maximum_object_size = ${largestRecord}`;
  const paths = filled.map(({ link }) => link);
  const { sql: found, columns } = await describeRecords(
    connection,
    `read_json(${literals(paths)}, ${common}, union_by_name = true, sample_size = -1`,
  );
  if (!asWritten) return { sql: await withPlainTexts(connection, found, columns), paths };
  const copied = columns.some(forgetsDigits)
    ? await mapBounded(filled, filesAtOnce, (file, i) =>
        withQuotedNumbers(file, path.join(options.scratch, `json-${i}`)),
      )
    : paths;
  const types = columns.map(
    (column) => `${literal(column.name)}: ${literal(typeAsWritten(column, options.query !== undefined))}`,
  );
  const sql = `SELECT * FROM read_json(${literals(copied)}, ${common}, columns = {${types.join(", ")}})`;
  return { sql: options.query === undefined ? withoutNested(sql, columns) : sql, paths: copied };
}

/**
 * Types of numbers that DuckDB does not return as they are written, and of text and numbers in one
 * column.
 */
const changesNumbers = /\b(DOUBLE|FLOAT|U?HUGEINT|JSON)\b/;

/** Whether a plain column, or the content of a column of conversations, has such a type. */
function forgetsDigits({ type }: Column): boolean {
  return changesNumbers.test(isPlain(type) ? type : (contentField(type)?.type ?? ""));
}

/**
 * The records of files, as SQL, with their columns. DuckDB takes 200 and more keys of one type for
 * a map and not for columns: what it then refuses is read again without maps.
 * @param reader a call of DuckDB's reader without its closing bracket
 */
async function describeRecords(
  connection: DuckDBConnection,
  reader: string,
): Promise<{ sql: string; columns: Column[] }> {
  const read = async (options: string) => {
    const sql = `SELECT * FROM ${reader}${options})`;
    return { sql, columns: await describe(connection, sql) };
  };
  try {
    return await read("");
  } catch (error) {
    if (!/non-record JSON/.test((error as Error).message)) throw error;
    return read(", map_inference_threshold = -1");
  }
}

function typeAsWritten({ type }: Column, hasQuery: boolean): string {
  if (type === "JSON" && !hasQuery) return type;
  return conversationType(type) ?? (isPlain(type) ? "VARCHAR" : type);
}

/**
 * Text and numbers in one column are read as text; otherwise they would be JSON, with its texts in
 * quotes.
 */
async function withPlainTexts(connection: DuckDBConnection, sql: string, columns: readonly Column[]): Promise<string> {
  const mixed = columns.filter(({ type }) => type === "JSON").map(({ name }) => quoteName(name));
  if (mixed.length === 0) return sql;
  const isPlainJson = mixed.map((name) => `bool_and(json_type(${name}) NOT IN ('OBJECT', 'ARRAY'))`);
  const [plain] = await queryRows(connection, `SELECT ${isPlainJson.join(", ")} FROM (${sql})`);
  const texts = mixed.filter((_, i) => plain![i] !== false).map((name) => `${name} ->> '$' AS ${name}`);
  return texts.length === 0 ? sql : `SELECT * REPLACE (${texts.join(", ")}) FROM (${sql})`;
}

/** A list or an object among plain values is a missing value. */
function withoutNested(sql: string, columns: readonly Column[]): string {
  const mixed = columns.filter(({ type }) => type === "JSON").map(({ name }) => quoteName(name));
  const plain = mixed.map(
    (name) => `CASE WHEN json_type(${name}) NOT IN ('OBJECT', 'ARRAY') THEN ${name} ->> '$' END AS ${name}`,
  );
  return plain.length === 0 ? sql : `SELECT * REPLACE (${plain.join(", ")}) FROM (${sql})`;
}

async function withQuotedNumbers(file: LinkedFile, copy: string): Promise<string> {
  await pipeline(readChunks(file), quoteNumbers, createWriteStream(copy, { flags: "w" }));
  return copy;
}

/** Whether a file is empty, or holds an empty list. */
async function isEmptyJson(file: LinkedFile): Promise<boolean> {
  let text = "";
  for await (const chunk of readChunks(file)) {
    text += Buffer.from(chunk).toString("latin1");
    if (!/^[\s\u00ef\u00bb\u00bf]*(\[\s*(\]\s*)?)?$/.test(text)) return false;
  }
  return true;
}
