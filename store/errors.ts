import { diskFullError, isDiskFull } from "../platform/disk-full.js";
import { PawlError } from "../platform/errors.js";

/** The `code` of a system error ("ENOENT"), or undefined. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}

export function isMissing(error: unknown): boolean {
  const code = systemCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

const unreadable = new Set(["EACCES", "EPERM", "EROFS", "EIO", "EMFILE", "ENFILE", "ESTALE", "EISDIR", "ENOTDIR"]);

/**
 * Turns a system error of the store into a PawlError (DISK_FULL, STORE_UNREADABLE); returns
 * anything else unchanged.
 */
export function storeError(error: unknown, home: string): unknown {
  if (error instanceof PawlError) return error;
  if (isDiskFull(error)) return diskFullError(error, [home, process.cwd()]);
  const code = systemCode(error);
  const message = error instanceof Error ? error.message : String(error);
  if (code !== undefined && unreadable.has(code))
    return new PawlError(
      "STORE_UNREADABLE",
      `the store cannot be used: ${message}`,
      {
        where: home,
        got: code,
        next: "check that the directory exists and belongs to this user, or set PAWL_HOME to another one",
      },
      { cause: error },
    );
  return error;
}

/**
 * The error for something that another version of Pawl wrote, and this one cannot read.
 * @param what "the record of run r"
 */
export function ofOtherVersion(what: string, where: string): PawlError {
  return new PawlError("OTHER_VERSION", `${what} was written by another version of Pawl`, {
    where,
    expected: "a form that this version knows",
    next: "use the version of Pawl that wrote it, or a newer one; nothing was changed",
  });
}
