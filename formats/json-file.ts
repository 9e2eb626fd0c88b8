import { readFile, writeFile } from "node:fs/promises";
import { PawlError } from "../platform/errors.js";
import { shortJson, type JsonObject } from "../platform/json.js";

/** Writes JSON in a readable form, ended by a newline. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, JSON.stringify(value, null, 2) + "\n");
}

/** Reads a file that holds one JSON object. */
export async function readJson(file: string): Promise<JsonObject> {
  return JSON.parse(await readFile(file, "utf8")) as JsonObject;
}

/**
 * Reads the facts of a checkpoint.
 * @throws PawlError CHECKPOINT_MISMATCH if another version of Pawl wrote it
 */
export async function readVersioned<T>(file: string, format: number): Promise<T> {
  const facts = await readJson(file);
  if (facts["format"] === format) return facts as T;
  throw new PawlError("CHECKPOINT_MISMATCH", "the checkpoint has another format", {
    where: file,
    expected: String(format),
    got: shortJson(facts["format"]),
    next: "use the version of Pawl that wrote it, remove the stage's directory in store/checkpoints, or change one of its settings",
  });
}
