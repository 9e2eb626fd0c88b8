import type { Status } from "./sign.js";

/** What stands in a cell. */
export type Cell = ReturnType<typeof Status> | string | number | false | null | undefined;

/** The title of a column, and what stands at its head if it is more than that. */
export type Column = string | { title: string; head: Cell };

interface TableProps {
  /** Its caption, which the studio has for screen readers only. */
  label: string;
  columns: readonly Column[];
  rows: readonly (readonly Cell[])[];
  /** Columns that hold numbers, from this one to that before the other; default: none. */
  numeric?: readonly [from: number, to?: number];
  class?: string;
}

/**
 * A table that keys scroll where it is wide; the first cell of each row is its heading. Narrow
 * screens show each row as a block, in which every cell has its column's title.
 */
export function Table({ label, columns, rows, numeric: [from, to = Infinity] = [Infinity], class: name }: TableProps) {
  const cellClass = (i: number): string | undefined => (i >= from && i < to ? "number" : undefined);
  return (
    <div class="wide" role="group" aria-label={label} tabIndex={0}>
      <table class={name}>
        <caption>{label}</caption>
        <thead>
          <tr>
            {columns.map((column, i) => (
              <th key={i} scope="col" class={cellClass(i)}>
                {typeof column === "string" ? column : column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([head, ...cells], row) => (
            <tr key={row}>
              <th scope="row">{head}</th>
              {cells.map((cell, i) => (
                <td key={i} data-title={columnTitle(columns[i + 1]!)} class={cellClass(i + 1)}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const columnTitle = (column: Column): string => (typeof column === "string" ? column : column.title);
