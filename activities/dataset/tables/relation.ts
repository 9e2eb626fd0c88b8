import { PawlError } from "../../../platform/errors.js";
import type { ReadyQuery } from "./query.js";
import type { LocalFile } from "../sources/local-file.js";

/** A file of a source, and where DuckDB finds it. */
export interface LinkedFile extends LocalFile {
  link: string;
}

export interface LoadOptions {
  /** For messages. */
  source: string;
  /** Of CSV; absent: detected. */
  delimiter?: string | undefined;
  /** Of the table, if there is one. */
  query: ReadyQuery | undefined;
  /** A directory for files that last as long as the table. */
  scratch: string;
  /** Reports files without rows, and lines that are not rows. */
  log: (message: string, data?: Record<string, unknown>) => void;
}

/** How the files are read: a relation in SQL. */
export interface Relation {
  sql: string;
  /** Rows in the files, if they were counted. */
  rows?: number;
  /** The files that it reads. */
  paths: readonly string[];
}

/**
 * The files that are not empty; the others are reported.
 * @throws PawlError DATA_INVALID if all are empty
 */
export async function filesWithContent<F extends LocalFile>(
  files: readonly F[],
  isEmpty: (file: F) => boolean | Promise<boolean>,
  { source, log }: LoadOptions,
): Promise<F[]> {
  const filled: F[] = [];
  const empty: F[] = [];
  for (const file of files) ((await isEmpty(file)) ? empty : filled).push(file);
  if (filled.length === 0)
    throw new PawlError("DATA_INVALID", files.length === 1 ? "the file is empty" : "all files are empty", {
      where: source,
      expected: "at least one row",
      got: files.length === 1 ? `nothing in ${files[0]!.name}` : `nothing in ${files.length} files`,
      next: "check the program that wrote it",
    });
  for (const { name } of empty) log(`${name} is empty: left out`);
  return filled;
}
