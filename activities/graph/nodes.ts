import type { TableColumn } from "../../formats/table.js";
import { PawlError } from "../../platform/errors.js";
import { shortJson, shortText } from "../../platform/json.js";
import type { TableSource } from "../../schemas/fields/source.js";
import type { StageContext } from "../stage.js";
import { readTable } from "../tables/read.js";

/** The nodes of a graph: those of the table in its order, then those that were added. */
export interface Nodes {
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
 * Reads the nodes.
 * @throws PawlError DATA_EMPTY for no rows; DATA_INVALID for an id that is missing or occurs twice
 */
export async function readNodes(source: TableSource, node: string, context: StageContext): Promise<Nodes> {
  const id = { name: node, where: "with.columns.node" };
  const { cells, columns, description } = await readTable(source, "with.nodes", context, [id]);
  const ids: string[] = [];
  const numbers = new Map<string, number>();
  for (const id of cells[columns.findIndex(({ name }) => name === node)]!)
    addAccount(id, ids, numbers, node, description);
  return { node, ids, numbers, attributes: columns.filter(({ name }) => name !== node), description };
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
    throw new PawlError("DATA_INVALID", "a node has no id", {
      where: `${description}, row ${row}`,
      expected: `an id in the column ${node}`,
      got: id === undefined ? "nothing" : shortJson(id),
      next: "give it one, or leave such rows out in `query`",
    });
  const before = numbers.get(id);
  if (before !== undefined)
    throw new PawlError("DATA_INVALID", "two nodes have the same id", {
      where: `${description}, rows ${before + 1} and ${row}`,
      expected: `each id once in the column ${node}`,
      got: `${shortText(id)} twice`,
      next: "keep one row for each node, for example `query: SELECT DISTINCT ON (id) * FROM data`",
    });
  numbers.set(id, ids.length);
  ids.push(id);
}
