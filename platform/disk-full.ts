import { existsSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PawlError } from "./errors.js";

const words = /ENOSPC|EDQUOT|no space left on device|disk quota exceeded|database or disk is full/i;

/** Whether an error of the system, a database or a server says that a disk is full. */
export function isDiskFull(error: unknown): boolean {
  const { code, message, cause } = (error ?? {}) as { code?: unknown; message?: unknown; cause?: unknown };
  if (code === "ENOSPC" || code === "EDQUOT" || (typeof message === "string" && words.test(message))) return true;
  return cause !== undefined && cause !== null && isDiskFull(cause);
}

/** Whether a text, such as the end of a log, mentions a full disk. */
export const mentionsFullDisk = (text: string): boolean => words.test(text);

/**
 * Returns a DISK_FULL error that names the full disk: the disk of the file in the error, or else
 * the one with the least free space.
 * @param places directories that may have been written to; the system's temporary directory is
 *   always included
 */
export function diskFullError(error: unknown, places: readonly string[]): PawlError {
  const { path: file, dest } = (error ?? {}) as { path?: unknown; dest?: unknown };
  const named = [dest, file].find((name): name is string => typeof name === "string" && path.isAbsolute(name));
  const measured = (named === undefined ? [...places, tmpdir()] : [named]).map(measure);
  const { directory, free, size } = measured.reduce((least, one) => (one.free < least.free ? one : least));
  return new PawlError(
    "DISK_FULL",
    "the disk is full; nothing finished was lost",
    {
      where: directory,
      expected: "enough free space for the write",
      got: `${megabytes(free)} MB free of ${megabytes(size)} MB`,
      next: "free some space there; until retry.diskWait has passed, a run waits for it and continues by itself; after that: pawl resume",
    },
    { cause: error },
  );
}

/**
 * A disk with less free space than this, bytes, counts as full for a database: SQLite's write-ahead
 * log grows to this size before it is written back.
 */
const minFreeBytes = 4 * 2 ** 20;

/**
 * Whether a disk of these files or directories is full: a process that writes there may be unable
 * to report it. A disk that does not report its size counts as not full.
 */
export function hasNoRoom(places: readonly string[]): boolean {
  return places.map(measure).some(({ free, size }) => size > 0 && free < minFreeBytes);
}

/**
 * Free space on the disk of a file or directory, or of the nearest directory above it that exists,
 * bytes.
 */
function measure(file: string): { directory: string; free: number; size: number } {
  let directory = path.resolve(file);
  while (!existsSync(directory) && directory !== path.dirname(directory)) directory = path.dirname(directory);
  try {
    const { bavail, bsize, blocks } = statfsSync(directory);
    return { directory, free: bavail * bsize, size: blocks * bsize };
  } catch {
    return { directory, free: Infinity, size: Infinity };
  }
}

const megabytes = (bytes: number): string =>
  Number.isFinite(bytes) ? String(Math.floor(bytes / 1e6)) : "an unknown number of";
