import { lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PawlError } from "../../platform/errors.js";

/** A file of a new project; its path is relative to the project directory. */
export interface NewFile {
  path: string;
  text: string;
  /**
   * Absent: a file with another content must not exist. Otherwise such a file stays, and this
   * returns what to add to it; undefined for nothing.
   */
  missingIn?: (existing: string) => string | undefined;
}

export interface Written {
  wrote: string[];
  /** Files that existed before. */
  kept: { path: string; add?: string }[];
}

/**
 * Writes the files that do not exist, or none at all.
 * @throws PawlError NOT_ALLOWED if a file exists and has another content
 */
export function writeNew(files: readonly NewFile[], directory: string): Written {
  const existing = new Map(files.map((file) => [file.path, readExisting(path.join(directory, file.path))]));
  const taken = files.find(({ path, text, missingIn }) => {
    const found = existing.get(path);
    return found !== undefined && found !== text && missingIn === undefined;
  });
  if (taken !== undefined) throw exists(taken.path);
  const written: Written = { wrote: [], kept: [] };
  for (const file of files) {
    const found = existing.get(file.path);
    if (found === undefined) {
      write(path.join(directory, file.path), file.text);
      written.wrote.push(file.path);
    } else {
      const add = file.missingIn?.(found);
      written.kept.push({ path: file.path, ...(add !== undefined && { add }) });
    }
  }
  return written;
}

/**
 * Reads an existing file. Returns undefined if it does not exist, and an empty text for anything
 * that is not a file.
 */
function readExisting(file: string): string | undefined {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  return found.isFile() ? readFileSync(file, "utf8") : "";
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text, { flag: "wx" });
}

function exists(file: string): PawlError {
  return new PawlError("NOT_ALLOWED", `${file} exists; pawl init overwrites no file, and has written none`, {
    where: file,
    expected: "no file of this name, or one with the same content",
    next: `rename ${file}, or type the command in another directory`,
  });
}
