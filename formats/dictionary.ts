import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeJson } from "./json-file.js";
import type { TableColumn } from "./table.js";

/** A column as the dictionary describes it. */
export interface DictionaryEntry {
  name: string;
  type: string;
  meaning: string;
  formula: string;
  range: string;
  /** When a row has no value; "never". */
  missing: string;
  /** The group of features, or "nodes" for a column of the table. */
  group: string;
}

/** The entries of the nodes' own columns. */
export function nodeEntries(columns: readonly TableColumn[], description: string): DictionaryEntry[] {
  return columns.map(({ name, type }) => ({
    name,
    group: "nodes",
    type,
    meaning: `column of ${description}`,
    formula: "",
    range: "",
    missing: "if the table has no value",
  }));
}

/** Name of the file that `readDictionary` reads. */
export const dictionaryFile = "dictionary.json";

/** Writes dictionary.json and dictionary.md: one line per column, in the columns' order. */
export async function writeDictionary(directory: string, entries: readonly DictionaryEntry[]): Promise<void> {
  const ordered = entries.map(({ name, group, type, meaning, formula, range, missing }) => {
    return { name, group, type, meaning, formula, range, missing };
  });
  await writeJson(join(directory, dictionaryFile), ordered);
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const head = ["column", "group", "type", "meaning", "formula", "range", "missing"];
  const rows = ordered.map((entry) => line(Object.values(entry)));
  const table = [line(head), line(head.map(() => "---")), ...rows];
  await writeFile(join(directory, "dictionary.md"), `# Data dictionary\n\n${table.join("\n")}\n`);
}

/** The content of dictionary.json. */
export async function readDictionary(directory: string): Promise<DictionaryEntry[]> {
  return JSON.parse(await readFile(join(directory, dictionaryFile), "utf8")) as DictionaryEntry[];
}
