import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeJson } from "../../formats/json-file.js";
import type { TableColumn } from "../../formats/table.js";
import type { Feature } from "../../graph/features/feature.js";

/** A column as the dictionary tells it. */
export interface DictionaryEntry extends Omit<Feature, "type"> {
  type: string;
  /** The group of features, or "accounts" for a column of the table. */
  group: string;
}

/** What the accounts' own columns are. */
export function accountEntries(columns: readonly TableColumn[], description: string): DictionaryEntry[] {
  return columns.map(({ name, type }) => ({
    name,
    group: "accounts",
    type,
    meaning: `column of ${description}`,
    formula: "",
    range: "",
    missing: "where the table has no value",
  }));
}

/** Writes dictionary.json and dictionary.md: a line a column, in the columns' order. */
export async function writeDictionary(folder: string, entries: readonly DictionaryEntry[]): Promise<void> {
  const ordered = entries.map(({ name, group, type, meaning, formula, range, missing }) => {
    return { name, group, type, meaning, formula, range, missing };
  });
  await writeJson(join(folder, "dictionary.json"), ordered);
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const head = ["column", "group", "type", "meaning", "formula", "range", "missing"];
  const rows = ordered.map((entry) => line(Object.values(entry)));
  const table = [line(head), line(head.map(() => "---")), ...rows];
  await writeFile(join(folder, "dictionary.md"), `# Data dictionary\n\n${table.join("\n")}\n`);
}
