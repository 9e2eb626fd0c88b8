import type { DuckDBConnection } from "@duckdb/node-api";
import { PawlError } from "../../../platform/errors.js";
import { isObject } from "../../../platform/json.js";
import {
  clockFunctions,
  isSystemName,
  isUnrepeatableFunction,
  unrepeatableFacts,
} from "../../../schemas/unrepeatable-sql.js";

/**
 * Refuses a query whose rows depend on the time or the machine, or that runs SQL which cannot be
 * checked for this: its result could differ from that of the attempt that it resumes. `random()`,
 * `uuid()` and samples are allowed, because they follow the stage's seed.
 * @param query one SELECT that DuckDB accepts
 * @param where it is, for messages
 * @throws PawlError QUERY_INVALID, which names the function
 */
export async function refuseUnrepeatable(connection: DuckDBConnection, query: string, where: string): Promise<void> {
  const read = await connection.runAndReadAll("SELECT json_serialize_sql($query::VARCHAR)", { query });
  const columns = await connection.runAndReadAll("SELECT lower(column_name) FROM (DESCRIBE data)");
  const own = new Set(columns.getRows().map(([name]) => String(name)));
  const found = unrepeatable(JSON.parse(String(read.getRows()[0]![0])), own);
  if (found === undefined) return;
  const { dependsOn, expected, next } = unrepeatableFacts(found);
  throw new PawlError("QUERY_INVALID", `${found} depends on ${dependsOn}`, { where, expected, got: found, next });
}

/** The first name in DuckDB's syntax tree that makes the query unrepeatable. */
function unrepeatable(node: unknown, columns: ReadonlySet<string>): string | undefined {
  if (Array.isArray(node)) {
    for (const item of node) {
      const found = unrepeatable(item, columns);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isObject(node)) return undefined;
  return unrepeatableName(node, columns) ?? unrepeatable(Object.values(node), columns);
}

function unrepeatableName(node: Record<string, unknown>, columns: ReadonlySet<string>): string | undefined {
  const { function_name: called, column_names: column, table_name: table, schema_name: schema, children } = node;
  const name = typeof called === "string" ? called.toLowerCase() : undefined;
  if (name !== undefined) {
    if (isUnrepeatableFunction(name)) return name;
    // With one argument it is the time since then.
    if (name === "age" && Array.isArray(children) && children.length === 1) return "now";
  }
  if (typeof table === "string" && isSystemName(table.toLowerCase())) return table.toLowerCase();
  if (typeof schema === "string" && schema.toLowerCase() === "information_schema") return "information_schema";
  // The keywords look like columns; a column of that name comes first.
  const [keyword, ...qualified] = Array.isArray(column) ? column.map((part) => String(part).toLowerCase()) : [];
  if (keyword === undefined || qualified.length > 0 || columns.has(keyword)) return undefined;
  return keyword.startsWith("current_") || keyword.startsWith("local")
    ? [...clockFunctions].find((one) => one === keyword)
    : undefined;
}
