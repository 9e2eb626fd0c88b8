import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ResponseText } from "./evaluation.js";

/** A model's completion of a prompt. */
export interface Sample extends ResponseText {
  /** The stop sequence that ended it, if one did. */
  stop?: string;
}

const file = (directory: string): string => join(directory, "samples.jsonl");

/** The artifact `samples`, and a checkpoint while it grows: `samples.jsonl`, one per line. */
export async function writeSamples(directory: string, samples: readonly Sample[]): Promise<void> {
  await writeFile(file(directory), samples.map((sample) => JSON.stringify(sample) + "\n").join(""));
}

export async function readSamples(directory: string): Promise<Sample[]> {
  const lines = (await readFile(file(directory), "utf8")).split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Sample);
}
