import type { DuckDBConnection } from "@duckdb/node-api";
import type { Column } from "./column.js";

/** A name as SQL writes it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL writes it. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A list of texts as SQL writes it. */
export function literals(texts: readonly string[]): string {
  return `[${texts.map(literal).join(", ")}]`;
}

export async function rowsOf(connection: DuckDBConnection, sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRows();
}

/** The columns of a query. */
export async function describe(connection: DuckDBConnection, sql: string): Promise<Column[]> {
  const rows = await rowsOf(connection, `DESCRIBE ${sql}`);
  return rows.map(([name, type]) => ({ name: String(name), type: String(type) }));
}
