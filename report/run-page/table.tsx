import type { Child } from "hono/jsx";

/** A cell's text or element. */
export type Cell = Child | undefined;

interface TableProps {
  /** For screen readers. */
  caption: string;
  columns: readonly string[];
  /** Places of the columns that hold numbers. */
  numeric?: readonly number[];
  rows: readonly (readonly Cell[])[];
}

/**
 * A table that keys scroll where it is wide; the first cell of each row is its heading. Narrow screens show each row as a
 * block, in which every cell has its column's title.
 */
export function Table({ caption, columns, numeric = [], rows }: TableProps) {
  const classOf = (i: number): string | undefined => (numeric.includes(i) ? "number" : undefined);
  return (
    <div class="wide" role="group" aria-label={caption} tabIndex={0}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((title, i) => (
              <th scope="col" class={classOf(i)}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([head, ...cells]) => (
            <tr>
              <th scope="row">{head}</th>
              {cells.map((cell, i) => (
                <td data-title={columns[i + 1]} class={classOf(i + 1)}>
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
