import { diskFullError } from "../../../platform/disk-full.js";
import { PawlError } from "../../../platform/errors.js";
import { systemCode } from "../../../store/errors.js";

const diskFull = /no space left on device|disk quota exceeded|failed to offload data block|max_temp_directory_size/i;
const exhausted =
  /too many open files|cannot allocate memory|out of memory|(?:failed to|could not) allocate|resource temporarily unavailable|input\/output error|stale (?:nfs )?file handle/i;

/**
 * Returns an error if DuckDB ran out of a resource, which neither the query nor the data caused.
 * Returns undefined for other failures.
 * @param message DuckDB's
 * @param where what was read, for messages
 * @param scratch directory of DuckDB's temporary files
 */
export function resourceError(message: string, where: string, scratch: string): PawlError | undefined {
  if (diskFull.test(message)) return diskFullError(new Error(message), [scratch]);
  if (exhausted.test(message))
    return new PawlError("RESOURCES_EXHAUSTED", "DuckDB ran out of memory or another resource of the system", {
      where,
      got: message.split("\n", 1)[0]!,
      next: "run fewer processes at the same time on this machine, or read fewer rows; the stage is retried",
    });
  return undefined;
}

/** The error of a read that ended before its last row, for a reason that no longer exists. */
export function interruptedReading(where: string): PawlError {
  return new PawlError("RESOURCES_EXHAUSTED", "DuckDB stopped before the last row", {
    where,
    expected: "every row",
    got: "an error that did not occur when the query ran again",
    next: "check the disk and the memory of this machine; the stage is retried",
  });
}

/** Whether the system refused something (EIO, EMFILE, …), whatever is read. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return /^E[A-Z]+$/.test(systemCode(error) ?? "");
}

/**
 * Converts a system error while reading a source into DATA_UNREADABLE, which is retried. Returns
 * other errors unchanged.
 */
export function readingError(error: unknown, where: string): unknown {
  if (error instanceof PawlError || !isSystemError(error)) return error;
  const { code, message } = error;
  return new PawlError(
    "DATA_UNREADABLE",
    `a source cannot be read: ${message}`,
    { where, got: code!, next: "give the worker's user permission to read it; the stage is retried" },
    { cause: error },
  );
}
