import { diskFullError } from "../../platform/disk-full.js";
import { PawlError } from "../../platform/errors.js";
import { systemCode } from "../../store/errors.js";

const diskFull = /no space left on device|disk quota exceeded|failed to offload data block|max_temp_directory_size/i;
const exhausted =
  /too many open files|cannot allocate memory|out of memory|(?:failed to|could not) allocate|resource temporarily unavailable|input\/output error|stale (?:nfs )?file handle/i;

/**
 * What DuckDB could not get of the system, which says nothing about query or data; undefined for any other failure.
 * @param message DuckDB's
 * @param where what was read, for messages
 * @param scratch directory of DuckDB's temporary files
 */
export function resourceError(message: string, where: string, scratch: string): PawlError | undefined {
  if (diskFull.test(message)) return diskFullError(new Error(message), [scratch]);
  if (exhausted.test(message))
    return new PawlError("RESOURCES_EXHAUSTED", "DuckDB could not get what it needs of the system", {
      where,
      got: message.split("\n", 1)[0]!,
      next: "let less run at the same time on this machine, or read fewer rows; the stage is retried",
    });
  return undefined;
}

/** The error of a reading that ended before its last row, for a reason that no longer holds. */
export function interruptedReading(where: string): PawlError {
  return new PawlError("RESOURCES_EXHAUSTED", "DuckDB stopped before the last row", {
    where,
    expected: "every row",
    got: "an error that did not occur when the query ran again",
    next: "check the disk and the memory of this machine; the stage is retried",
  });
}

/** Whether it is the system that has refused something (EIO, EMFILE, …), which says nothing about what is read. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return /^E[A-Z]+$/.test(systemCode(error) ?? "");
}

/** A system error met while a source is read as DATA_UNREADABLE: it may pass. Any other error comes back unchanged. */
export function readingError(error: unknown, where: string): unknown {
  if (error instanceof PawlError || !isSystemError(error)) return error;
  const { code, message } = error;
  return new PawlError(
    "DATA_UNREADABLE",
    `a source cannot be read: ${message}`,
    { where, got: code!, next: "let the worker's user read it; the stage is retried" },
    { cause: error },
  );
}
