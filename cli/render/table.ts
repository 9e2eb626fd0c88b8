import type { Colors } from "../terminal.js";
import { displayWidth } from "./width.js";
import { oneLine, plain } from "./values.js";
import { greatest } from "../../platform/extremes.js";

/** A table without rules, whose columns are as wide as their content. Colors take no space. */
export function table(heads: string[], rows: string[][], colors: Colors): string {
  const lines = [heads.map((head) => colors.dim(head)), ...rows.map((row) => row.map(oneLine))];
  const cellWidth = (cell: string): number => displayWidth(plain(cell));
  const widths = heads.map((_, column) => greatest(lines.map((cells) => cellWidth(cells[column] ?? ""))));
  const padded = (cell: string, column: number): string => cell + " ".repeat(widths[column]! - cellWidth(cell));
  return lines.map((cells) => cells.map(padded).join("  ").trimEnd()).join("\n");
}
