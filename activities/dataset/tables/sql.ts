import type { DuckDBConnection } from "@duckdb/node-api";
import type { Column } from "./column.js";

/** Quotes a name for SQL. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a text for SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Writes a list of texts in SQL. */
export function literals(texts: readonly string[]): string {
  return `[${texts.map(literal).join(", ")}]`;
}

export async function queryRows(connection: DuckDBConnection, sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRows();
}

/** The columns of a query. */
export async function describe(connection: DuckDBConnection, sql: string): Promise<Column[]> {
  const rows = await queryRows(connection, `DESCRIBE ${sql}`);
  return rows.map(([name, type]) => ({ name: String(name), type: String(type) }));
}
