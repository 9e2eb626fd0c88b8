import { escapeHtml } from "./escape.js";

/** A piece of HTML: everything else that is put into one is text. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = string | number | Html | undefined | readonly Part[];

/**
 * A template whose values are escaped, but for those that are `Html` themselves; lists are joined, undefined is nothing. The
 * template's own indentation is left out.
 */
export function markup(pieces: TemplateStringsArray, ...values: Part[]): Html {
  const [first = "", ...others] = pieces.map((piece) => piece.replace(/\n +/g, "\n"));
  return new Html(others.reduce((text, piece, i) => text + textOf(values[i]) + piece, first));
}

function textOf(value: Part): string {
  if (value === undefined) return "";
  if (value instanceof Html) return value.text;
  return typeof value === "object" ? value.map(textOf).join("") : escapeHtml(String(value));
}

/** A column of a table: its heading, and whether it holds numbers. */
export interface Column {
  title: string;
  numeric?: boolean;
}

/**
 * A table with a caption for screen readers, which keys scroll where it is wide; the first cell of each row is its heading. Narrow screens show each row as a
 * block, in which every cell has its column's title.
 */
export function htmlTable(caption: string, columns: readonly Column[], rows: readonly (readonly Part[])[]): Html {
  const heads = columns.map(({ title, numeric }) => markup`<th scope="col"${classOf(numeric)}>${title}</th>`);
  const body = rows.map((cells) => markup`<tr>${cells.map((value, i) => cell(columns[i]!, value, i))}</tr>\n`);
  return markup`<div class="wide" role="group" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption>
    <thead><tr>${heads}</tr></thead>
    <tbody>${body}</tbody></table></div>\n`;
}

function cell({ title, numeric }: Column, value: Part, i: number): Html {
  if (i === 0) return markup`<th scope="row">${value}</th>`;
  return markup`<td data-title="${title}"${classOf(numeric)}>${value}</td>`;
}

const classOf = (numeric: boolean | undefined): Html => new Html(numeric ? ' class="number"' : "");
