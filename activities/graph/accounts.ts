import type { TableColumn } from "../../formats/table.js";
import { PawlError } from "../../schemas/errors.js";
import type { TableSource } from "../../schemas/stages/table-source.js";
import type { StageContext } from "../stage.js";
import { openTable, requireColumn } from "../tables/open.js";
import { typedColumn } from "../tables/typed.js";

/** The nodes of a graph: those of the table in its order, then those that were added. */
export interface Accounts {
  /** Column that holds the ids. */
  node: string;
  ids: string[];
  /** Number of the node with an id. */
  numbers: Map<string, number>;
  /** Columns of the table other than the ids; a node that was added has none of their values. */
  attributes: TableColumn[];
  description: string;
}

/**
 * Reads the accounts.
 * @throws PawlError DATA_EMPTY for no rows; DATA_INVALID for an id that is missing or there twice
 */
export async function readAccounts(source: TableSource, node: string, context: StageContext): Promise<Accounts> {
  const table = await openTable(source, "with.accounts", context);
  try {
    requireColumn(table, node, "with.columns.node");
    const { description } = table;
    const others = table.columns.filter((name) => name !== node);
    const ids: string[] = [];
    const numbers = new Map<string, number>();
    const values = others.map((): (string | undefined)[] => []);
    for await (const [chunkIds, ...cells] of table.chunks([node, ...others])) {
      context.signal.throwIfAborted();
      for (const id of chunkIds!) addAccount(id, ids, numbers, node, description);
      cells.forEach((column, i) => column.forEach((cell) => values[i]!.push(cell)));
      context.progress({ phase: "read accounts", done: ids.length, total: 0, unit: "rows", metrics: {} });
    }
    if (ids.length === 0) throw noRows(description);
    const attributes = others.map((name, i) => typedColumn(name, values[i]!));
    return { node, ids, numbers, attributes, description };
  } finally {
    await table.close();
  }
}

function addAccount(
  id: string | undefined,
  ids: string[],
  numbers: Map<string, number>,
  node: string,
  description: string,
): void {
  const row = ids.length + 1;
  if (id === undefined || id.trim() === "")
    throw new PawlError("DATA_INVALID", "an account has no id", {
      where: `${description}, row ${row}`,
      expected: `an id in the column ${node}`,
      got: id === undefined ? "nothing" : JSON.stringify(id),
      next: "give it one, or leave such rows out in `query`",
    });
  const before = numbers.get(id);
  if (before !== undefined)
    throw new PawlError("DATA_INVALID", "two accounts have the same id", {
      where: `${description}, rows ${before + 1} and ${row}`,
      expected: `each id once in the column ${node}`,
      got: `${id} twice`,
      next: "keep one row for each account, for example `query: SELECT DISTINCT ON (id) * FROM data`",
    });
  numbers.set(id, ids.length);
  ids.push(id);
}

function noRows(description: string): PawlError {
  return new PawlError("DATA_EMPTY", "the table of accounts has no rows", {
    where: `with.accounts (${description})`,
    expected: "at least one account",
    got: "0 rows",
    next: "check the file and the query",
  });
}
