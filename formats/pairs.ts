import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Choice, Vote } from "../schemas/choices.js";
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
  entity?: string;
}

/**
 * The artifact `pairs`, and a checkpoint while it grows: `pairs.jsonl`, one per line, and
 * `pairs.json`, their origin.
 */
export interface Pairs {
  pairs: Pair[];
  /** Prompts with responses. */
  prompts: number;
  /** Prompts left out because they leave no room for a response. */
  tooLong: number;
  /** Prompts to which every response was the same. */
  identical: number;
  /** Prompts to which all responses were blank. */
  blank: number;
}

export async function writePairs(directory: string, { pairs, ...facts }: Pairs): Promise<void> {
  await writeLines(join(directory, "pairs.jsonl"), pairs);
  await writeJson(join(directory, "pairs.json"), facts);
}

export async function readPairs(directory: string): Promise<Pairs> {
  const facts = (await readJson(join(directory, "pairs.json"))) as unknown as Omit<Pairs, "pairs">;
  return { ...facts, pairs: await readLines(join(directory, "pairs.jsonl")) };
}

/** A pair and the choice. */
export interface ChoiceRow extends Pick<Pair, "prompt" | "first" | "second"> {
  /** Null if nobody chose before the end. */
  choice: Choice | null;
  /** `person`, or the judge's description. */
  by: string;
  /** What each person chose, if they gave names: `choice` is the one that counts. */
  votes?: ({ by: string } & Vote)[];
  /** A judge's, of first and second. */
  scores?: [number, number];
}

/**
 * The artifact `choices`: `choices.jsonl`, one pair per line, and `choices.json`: who chose, and
 * metrics.
 */
export async function writeChoices(
  directory: string,
  rows: readonly ChoiceRow[],
  facts: { by: string; metrics: Record<string, number> },
): Promise<void> {
  await writeLines(join(directory, "choices.jsonl"), rows);
  await writeJson(join(directory, "choices.json"), facts);
}

async function writeLines(file: string, rows: readonly object[]): Promise<void> {
  await writeFile(file, rows.map((row) => JSON.stringify(row) + "\n").join(""));
}

async function readLines<T>(file: string): Promise<T[]> {
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as T);
}
