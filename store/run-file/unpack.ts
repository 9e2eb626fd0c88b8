import type { Stats } from "node:fs";
import { lstat, readFile } from "node:fs/promises";
import path from "node:path";
import { extract, list, type ReadEntry } from "tar";
import { isDiskFull } from "../../platform/disk-full.js";
import { PawlError } from "../../platform/errors.js";
import { isMissing, systemCode } from "../errors.js";
import { inventory } from "../manifest.js";
import { indexName, invalid, largestIndex, parseIndex, refuseOutside, type RunFileIndex } from "./format.js";

/**
 * Unpacks a run file into an empty directory, and checks that it holds exactly what its index lists, each file with its size
 * and digest.
 * @throws PawlError FILE_NOT_FOUND, RUN_FILE_INVALID, PATH_TRAVERSAL; system errors of the directory
 */
export async function unpack(file: string, directory: string): Promise<RunFileIndex> {
  await unpackAll(file, directory);
  const index = parseIndex(await readIndex(file, directory), file);
  const { files, others } = await inventory(directory, { sync: false });
  const found = new Map(files.map((entry) => [entry.path, entry]));
  found.delete(indexName);
  for (const { path, size, sha256 } of index.files) {
    const entry = found.get(path);
    if (entry === undefined) throw invalid(file, `${path} is missing`);
    if (entry.size !== size) throw invalid(file, `${path} has ${entry.size} bytes instead of ${size}`);
    if (entry.sha256 !== sha256) throw invalid(file, `${path} has changed`);
    found.delete(path);
  }
  const [extra] = [...found.keys(), ...others];
  if (extra !== undefined) throw invalid(file, `${extra} is not in its index`);
  return index;
}

/** Writes begin once the whole archive has been read and accepted: they continue for a while after an error. */
async function unpackAll(file: string, directory: string): Promise<void> {
  let refused: unknown;
  const filter = (_: string, entry: ReadEntry | Stats): boolean => {
    try {
      if (refused === undefined) refuseOddEntry(entry as ReadEntry, file);
    } catch (error) {
      refused = error;
    }
    return refused === undefined;
  };
  for (const read of [list, extract]) {
    try {
      await read({ file, cwd: directory, strict: true, filter });
    } catch (error) {
      throw refused ?? unreadable(error, file);
    }
    if (refused !== undefined) throw refused as Error;
  }
}

/** Only files, none of which leaves the directory: a link could lead what follows out of it. */
function refuseOddEntry({ path: name, type }: ReadEntry, file: string): void {
  refuseOutside(name, file);
  if (type === "File") return;
  throw new PawlError("PATH_TRAVERSAL", `the file holds ${name}, which is not an ordinary file: ${type}`, {
    where: file,
    expected: "ordinary files, as `pawl export` writes them",
    next: "do not use this file",
  });
}

/** What stands in the way: the file is missing, the disk is full, or the archive is broken. */
function unreadable(error: unknown, file: string): unknown {
  const { path: named, syscall } = error as NodeJS.ErrnoException;
  if (isMissing(error) && named === file)
    return new PawlError("FILE_NOT_FOUND", "there is no such file", { where: file, next: "check the path" });
  if (isDiskFull(error) || (syscall !== undefined && systemCode(error) !== "EISDIR")) return error;
  return invalid(file, `it is truncated, or is no such archive: ${(error as Error).message}`, error);
}

async function readIndex(file: string, directory: string): Promise<string> {
  const name = path.join(directory, indexName);
  try {
    if ((await lstat(name)).size <= largestIndex) return await readFile(name, "utf8");
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  throw invalid(file, `it has no ${indexName} of a usual size`);
}
