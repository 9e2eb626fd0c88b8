import Table from "cli-table3";
import type { Colors } from "../terminal.js";
import { oneLine } from "./values.js";

/** Columns without rules, as wide as their content. */
export function table(heads: string[], rows: string[][], colors: Colors): string {
  const nothing = Object.fromEntries(
    [
      "top",
      "top-mid",
      "top-left",
      "top-right",
      "bottom",
      "bottom-mid",
      "bottom-left",
      "bottom-right",
      "left",
      "left-mid",
      "mid",
      "mid-mid",
      "right",
      "right-mid",
    ].map((name) => [name, ""]),
  );
  const drawn = new Table({
    head: heads.map((head) => colors.dim(head)),
    chars: { ...nothing, middle: "  " },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  drawn.push(...rows.map((row) => row.map(oneLine)));
  return drawn
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
