import type { DuckDBConnection } from "@duckdb/node-api";
import { PawlError } from "../../platform/errors.js";
import { isObject } from "../../platform/json.js";

/** Functions whose value is the moment at which the query runs, and what they are called as keywords. */
const clocks = new Set([
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
/** Functions that tell of this process or machine; tables of that kind begin with one of `systemTables`. */
const machine = new Set(["current_connection_id", "current_query_id", "current_setting", "current_transaction_id"]);
const systemTables = /^(duckdb|pragma|pg)_/;

/**
 * Refuses a query that gives other rows at another time or on another machine: its result would differ from that of the
 * attempt that it resumes. `random()`, `uuid()` and samples are allowed, because they follow the stage's seed.
 * @param query one SELECT that DuckDB accepts
 * @param where it stands, for messages
 * @throws PawlError QUERY_INVALID, which names the function
 */
export async function refuseUnrepeatable(connection: DuckDBConnection, query: string, where: string): Promise<void> {
  const read = await connection.runAndReadAll("SELECT json_serialize_sql($query::VARCHAR)", { query });
  const columns = await connection.runAndReadAll("SELECT lower(column_name) FROM (DESCRIBE data)");
  const own = new Set(columns.getRows().map(([name]) => String(name)));
  const found = unrepeatable(JSON.parse(String(read.getRows()[0]![0])), own);
  if (found === undefined) return;
  const isClock = clocks.has(found);
  throw new PawlError("QUERY_INVALID", `${found} depends on ${isClock ? "the clock" : "this process or machine"}`, {
    where,
    expected: "a query that gives the same rows whenever and wherever it runs",
    got: found,
    next: isClock
      ? "write the date itself, or give it as an input: parameters: { day: ${{ inputs.day }} }"
      : "leave it out",
  });
}

/** The first name in DuckDB's syntax tree that depends on the time or the machine. */
function unrepeatable(node: unknown, columns: ReadonlySet<string>): string | undefined {
  if (Array.isArray(node)) {
    for (const item of node) {
      const found = unrepeatable(item, columns);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isObject(node)) return undefined;
  return nameOf(node, columns) ?? unrepeatable(Object.values(node), columns);
}

function nameOf(node: Record<string, unknown>, columns: ReadonlySet<string>): string | undefined {
  const { function_name: called, column_names: column, table_name: table, children } = node;
  const name = typeof called === "string" ? called.toLowerCase() : undefined;
  if (name !== undefined) {
    if (clocks.has(name) || machine.has(name) || systemTables.test(name)) return name;
    // With one argument it is the time that has passed since.
    if (name === "age" && Array.isArray(children) && children.length === 1) return "now";
  }
  if (typeof table === "string" && systemTables.test(table.toLowerCase())) return table.toLowerCase();
  // The keywords look like columns; a column of that name comes first.
  const [keyword, ...qualified] = Array.isArray(column) ? column.map((part) => String(part).toLowerCase()) : [];
  if (keyword === undefined || qualified.length > 0 || columns.has(keyword)) return undefined;
  return keyword.startsWith("current_") || keyword.startsWith("local")
    ? [...clocks].find((one) => one === keyword)
    : undefined;
}
