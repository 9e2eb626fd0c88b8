import { statSync } from "node:fs";
import type { DatasetKind, DatasetRow, InstructionRow } from "../../../formats/dataset.js";
import type { DataFormat } from "../../../schemas/fields/data-format.js";
import type { StageWith } from "../../../schemas/stages/index.js";
import type { StageContext } from "../../stage.js";
import { PawlError } from "../../../platform/errors.js";
import { chooseColumns, type ChosenColumns, type Field } from "../tables/columns.js";
import { readExchange } from "./conversation.js";
import { chooseFormat } from "../tables/format.js";
import type { LocalSource } from "../sources/source.js";
import { readPreference } from "./preferences.js";
import { readQuery } from "../tables/query.js";
import { jsonParser } from "../tables/nested-types.js";
import { literal, quoteName } from "../tables/sql.js";
import { Table, type Cell } from "../tables/table.js";
import { textLines, textUnits } from "./text.js";
import type { Column } from "../tables/column.js";

/** Why a row is dropped -> the metric that counts it. */
export const drops = {
  /** A field is blank. */
  empty: "droppedEmpty",
  /** A field is missing. */
  missing: "droppedMissing",
  /** Of a preference: both responses are equal. */
  identical: "droppedIdentical",
  /**
   * Of a preference: not a question with one answer each. Of a conversation: no question and answer
   * at the beginning.
   */
  turns: "droppedTurns",
} as const;
export type Drop = keyof typeof drops;

/** A row to keep, or the reason to drop it. */
export type ReadRow =
  | Drop
  | { row: DatasetRow; /** Of a conversation: only its beginning was taken. */ isCut?: boolean };

/** Rows of a source; `read` can be called again and returns the same rows. */
export interface RowReader {
  kind: DatasetKind;
  read(): AsyncIterable<ReadRow>;
  close(): Promise<void>;
}

/**
 * Opens a source as its settings say.
 * @throws PawlError DATA_INVALID, QUERY_INVALID, NOT_ALLOWED.
 */
export async function openRows(
  source: LocalSource,
  settings: StageWith<"dataset">,
  context: StageContext,
): Promise<RowReader> {
  const format = chooseFormat(settings.format, source.files);
  if (format === "text" && settings.query === undefined) return textReader(source, settings, context);
  checkRecordSettings(settings, format);
  return tableReader(source, settings, format, context);
}

function textReader(source: LocalSource, settings: StageWith<"dataset">, context: StageContext): RowReader {
  if (settings.columns !== undefined)
    throw new PawlError("NOT_ALLOWED", "text has no columns", {
      where: "with.columns",
      expected: "columns only for records, or with a query",
      got: "format text",
      next: "use unit: document | paragraph | line",
    });
  return {
    kind: "text",
    async *read() {
      const total = source.files.reduce((bytes, file) => bytes + statSync(file.path).size, 0);
      let done = 0;
      for (const file of source.files) {
        const lines = textLines(file, (bytes) => {
          done += bytes;
          context.progress({ phase: "read", done, total, unit: "bytes", metrics: {} });
        });
        for await (const text of textUnits(lines, settings.unit, settings.minimumBytes, file.name))
          yield text.trim() === "" ? "empty" : { row: { text } };
      }
    },
    async close() {},
  };
}

async function tableReader(
  source: LocalSource,
  settings: StageWith<"dataset">,
  format: DataFormat,
  context: StageContext,
): Promise<RowReader> {
  const { seed, signal, home } = context;
  const query =
    settings.query === undefined ? undefined : await readQuery(settings.query, context.workingDirectory, "with.query");
  const log = (message: string, data?: Record<string, unknown>) => context.log(message, data);
  const options = { query, queryKey: "with.query", seed, home, source: source.description, signal, log };
  const table = await Table.open(source.files, format, options);
  try {
    const found = await table.columns(query?.sql ?? "SELECT * FROM data");
    const typed = query === undefined && format === "csv" ? found : await withJsonTypes(table, found, query?.sql);
    const { kind, columns } = chooseColumns(typed, settings.columns);
    const readers = columns.map(({ type }) => cellReader(type));
    const names = columns.map(({ name }) => name);
    const sql = query?.sql ?? `SELECT ${names.map(quoteName).join(", ")} FROM data`;
    return {
      kind,
      async *read() {
        let done = 0;
        for await (const cells of table.rows(sql, names)) {
          if (++done % 1000 === 0) context.progress({ phase: "read", done, total: 0, unit: "rows", metrics: {} });
          yield readRow(
            kind,
            columns,
            cells.map((cell, i) => readers[i]!(cell)),
          );
        }
      },
      close: table.close,
    };
  } catch (error) {
    await table.close();
    throw error;
  }
}

/**
 * The columns of a query, with the type JSON for those of JSON: the type of a prepared statement
 * hides it.
 */
async function withJsonTypes(table: Table, found: readonly Column[], query = "FROM data"): Promise<Column[]> {
  const types: string[] = [];
  const described = `SELECT column_type FROM (DESCRIBE FROM query(${literal(query)}))`;
  for await (const [type] of table.rows(described, ["column_type"])) types.push(type as string);
  return found.map(({ name }, i) => ({ name, type: types[i]! }));
}

/**
 * Reads the cells of a column: texts in JSON without quotes; a list or an object in a plain column
 * is a missing value.
 */
function cellReader(type: string): (cell: Cell) => Cell {
  const parse = jsonParser(type);
  if (parse === undefined) return (cell) => cell;
  return (cell) => {
    const value = parse(cell ?? null);
    return typeof value === "string" || (type !== "JSON" && Array.isArray(value)) ? value : undefined;
  };
}

function readRow(kind: DatasetKind, columns: ChosenColumns["columns"], cells: readonly Cell[]): ReadRow {
  const row: { [F in Field]?: Cell } = Object.fromEntries(columns.map(({ field }, i) => [field, cells[i]]));
  const named = (field: "task" | "entity") => {
    const value = row[field];
    return typeof value === "string" && value.trim() !== "" ? { [field]: value } : {};
  };
  if (kind === "preferences") {
    const preference = readPreference(row);
    return typeof preference === "string" ? preference : { row: { ...preference, ...named("entity") } };
  }
  const about = { ...named("task"), ...named("entity") };
  if (columns.some(({ field }) => field === "messages")) {
    const exchange = readExchange(row.messages);
    if (typeof exchange === "string") return exchange;
    const { isCut, ...question } = exchange;
    return { row: { ...question, ...about }, isCut };
  }
  const { task: _task, entity: _entity, ...needed } = row;
  const values = Object.values(needed) as (string | undefined)[];
  if (values.some((value) => value === undefined)) return "missing";
  if (values.some((value) => value!.trim() === "")) return "empty";
  return { row: { ...(needed as InstructionRow), ...about } };
}

/** Settings that cut text do not apply to records. */
function checkRecordSettings(settings: StageWith<"dataset">, format: DataFormat): void {
  for (const [key, standard] of [
    ["unit", "document"],
    ["minimumBytes", 1],
  ] as const)
    if (settings[key] !== standard)
      throw new PawlError("NOT_ALLOWED", `${key} cuts text, but the source holds records`, {
        where: `with.${key}`,
        expected: `${key} only for text without a query`,
        got: settings.query === undefined ? `format ${format}` : "a query",
      });
}
