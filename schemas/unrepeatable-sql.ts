import { withoutText } from "./query-parameters.js";

/** Functions whose value depends on when the query runs, and their names as keywords. */
export const clockFunctions = new Set([
  "ago",
  "current_date",
  "current_localtime",
  "current_localtimestamp",
  "current_time",
  "current_timestamp",
  "get_current_time",
  "get_current_timestamp",
  "localtime",
  "localtimestamp",
  "now",
  "pg_conf_load_time",
  "pg_postmaster_start_time",
  "today",
  "transaction_timestamp",
  "txid_current",
  "uuidv7",
]);
/**
 * Functions that report on this process or machine; `systemNames` finds more functions, and tables,
 * of that kind.
 */
const machineFunctions = new Set([
  "arrow_scan",
  "arrow_scan_dumb",
  "check_peg_parser",
  "checkpoint",
  "current_connection_id",
  "current_query",
  "current_query_id",
  "current_setting",
  "current_transaction_id",
  "force_checkpoint",
  "get_block_size",
  "sleep_ms",
  "sql_auto_complete",
  "stats",
  "truncate_duckdb_logs",
  "vector_type",
  "which_secret",
  "write_log",
]);
/**
 * DuckDB's own tables (their SQL holds paths of this machine) and the switches of its logs and
 * profiles.
 */
const systemNames = /^(duckdb|pragma|pg|enable|disable)_|^sqlite_(temp_)?(master|schema)$/;

/** Functions that run or plan SQL given as text, which is not checked. */
const textFunctions = new Set(["json_execute_serialized_sql", "json_serialize_plan", "query", "query_table"]);

/**
 * Functions that read files by their path, which differs between machines; some give the time of a
 * file's last change.
 */
const fileFunctions = /^(read|parquet)_|^(copy_database|glob|import_database|sniff_csv)$/;

/** Whether a query that calls the function cannot be repeated. @param name in lower case */
export const isUnrepeatableFunction = (name: string): boolean =>
  clockFunctions.has(name) || textFunctions.has(name) || fileFunctions.test(name) || isSystemName(name);

/**
 * Whether a table or function of this name reports on this process or machine.
 * @param name in lower case
 */
export const isSystemName = (name: string): boolean => machineFunctions.has(name) || systemNames.test(name);

/** What an error says about a name that makes a query unrepeatable. */
export function unrepeatableFacts(name: string) {
  const expected = "a query that returns the same rows whenever and wherever it runs";
  if (clockFunctions.has(name))
    return {
      dependsOn: "the clock",
      expected,
      next: 'write the date itself, or move the query to a file and pass the date as an input: query: { file: day.sql, parameters: { day: "${{ inputs.day }}" } }',
    };
  if (textFunctions.has(name))
    return {
      dependsOn: "SQL given as text, which is not checked",
      expected,
      next: "write that SQL into the query itself",
    };
  if (fileFunctions.test(name))
    return {
      dependsOn: "files named by their paths on this machine",
      expected,
      next: "name the files in source, and read them as the table data",
    };
  return { dependsOn: "this process or machine", expected, next: "remove it" };
}

/**
 * The first call in a query of a function that makes it unrepeatable, with its line, from 1. Only
 * calls are found: a keyword such as `current_date` may be a column, which is known once the data
 * are read. `WITH query(a) AS …` calls nothing.
 */
export function unrepeatableCall(query: string): { name: string; line: number } | undefined {
  const text = withoutText(query);
  for (const { 1: called = "", index } of text.matchAll(/(?<![\w.]|\b(?:with|recursive|as)\s+)([a-z_]\w*)\s*\(/gi)) {
    const name = called.toLowerCase();
    if (isUnrepeatableFunction(name)) return { name, line: text.slice(0, index).split("\n").length };
  }
  return undefined;
}
