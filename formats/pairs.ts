import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Choice } from "../schemas/choices.js";
import { readJson, writeJson } from "./json-file.js";

/** Two responses to a prompt, in the order in which they are shown. */
export interface Pair {
  prompt: string;
  first: string;
  second: string;
  /** The response of the row that the prompt came from: for judges that compare. */
  reference: string;
  /** Of that row. */
  task?: string;
}

/** The artifact `pairs`, and a checkpoint while it grows: `pairs.jsonl`, one a line, and `pairs.json`, what they came from. */
export interface Pairs {
  pairs: Pair[];
  /** Prompts answered. */
  prompts: number;
  /** Prompts left out because they leave no room for a response. */
  tooLong: number;
  /** Prompts to which every response was the same. */
  identical: number;
  /** Prompts to which there was no response but blank ones. */
  blank: number;
}

export async function writePairs(folder: string, { pairs, ...facts }: Pairs): Promise<void> {
  await writeLines(join(folder, "pairs.jsonl"), pairs);
  await writeJson(join(folder, "pairs.json"), facts);
}

export async function readPairs(folder: string): Promise<Pairs> {
  const facts = (await readJson(join(folder, "pairs.json"))) as unknown as Omit<Pairs, "pairs">;
  return { ...facts, pairs: await readLines(join(folder, "pairs.jsonl")) };
}

/** A pair and what was chosen. */
export interface ChoiceRow extends Pick<Pair, "prompt" | "first" | "second"> {
  /** Null where nobody chose before the end. */
  choice: Choice | null;
  /** `person`, or the judge's description. */
  by: string;
  /** A judge's, of first and second. */
  scores?: [number, number];
}

/** The artifact `choices`: `choices.jsonl`, one pair a line, and `choices.json`: who chose, and figures. */
export async function writeChoices(
  folder: string,
  rows: readonly ChoiceRow[],
  facts: { by: string; metrics: Record<string, number> },
): Promise<void> {
  await writeLines(join(folder, "choices.jsonl"), rows);
  await writeJson(join(folder, "choices.json"), facts);
}

async function writeLines(file: string, rows: readonly object[]): Promise<void> {
  await writeFile(file, rows.map((row) => JSON.stringify(row) + "\n").join(""));
}

async function readLines<T>(file: string): Promise<T[]> {
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as T);
}
