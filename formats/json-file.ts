import { readFile, writeFile } from "node:fs/promises";
import type { JsonObject } from "../platform/json.js";

/** Writes JSON in a readable form, ended by a newline. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, JSON.stringify(value, null, 2) + "\n");
}

/** Reads a file that holds one JSON object. */
export async function readJson(file: string): Promise<JsonObject> {
  return JSON.parse(await readFile(file, "utf8")) as JsonObject;
}
