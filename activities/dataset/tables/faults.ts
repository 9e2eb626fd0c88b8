import { duplicateKey } from "../../../platform/text/duplicate-key.js";
import { PawlError } from "../../../platform/errors.js";
import { isObject, type Json } from "../../../platform/json.js";
import { textLines } from "../rows/text.js";
import type { LocalFile } from "../sources/local-file.js";

/** Characters of a line of DuckDB's message: it may show a whole row of the file. */
const maxLineLength = 200;
const maxMessageLength = 600;

/**
 * DuckDB's message with the user's names for the files, and without the pages of settings and rows
 * that it may hold.
 */
export function explain(error: unknown, files: readonly LocalFile[]): string {
  const paragraphs = (error as Error).message
    .slice(0, 100_000)
    .trim()
    .split(/\n\s*\n/);
  const lines = paragraphs.slice(0, 2).join("\n").split("\n");
  const short = lines.map((line) => (line.length > maxLineLength ? `${line.slice(0, maxLineLength)}…` : line));
  return short
    .join("\n")
    .slice(0, maxMessageLength)
    .replace(/[^\s"']*file-(\d+)(?:\.gz|\.csv)?(?=["'\s]|$)/g, (link, i) => files[Number(i)]?.name ?? link);
}

/**
 * The first line of JSON lines that is not an object, or has a key twice, as an error: DuckDB
 * counts lines in its own way.
 */
export async function jsonLineFault(files: readonly LocalFile[]): Promise<PawlError | undefined> {
  for (const file of files) {
    let number = 0;
    for await (const line of textLines(file)) {
      number++;
      const reason = line.trim() === "" ? undefined : findFault(line);
      if (reason === undefined) continue;
      return new PawlError("DATA_INVALID", "a line is not a valid JSON object", {
        where: `${file.name}:${number}`,
        expected: "one JSON object per line, each key once",
        got: `Malformed JSON in file "${file.name}", line ${number}: ${reason.slice(0, maxLineLength)}`,
        next: "correct the line, or remove it",
      });
    }
  }
  return undefined;
}

function findFault(line: string): string | undefined {
  try {
    const value = JSON.parse(line) as Json;
    if (!isObject(value)) return `a value that is not an object: ${line.slice(0, 80)}`;
    const twice = duplicateKey(line);
    return twice === undefined ? undefined : `the key ${twice} twice`;
  } catch (error) {
    return (error as Error).message;
  }
}
