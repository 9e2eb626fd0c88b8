import { statfs } from "node:fs/promises";
import path from "node:path";
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

/** A system error met in the store as a PawlError (DISK_FULL, STORE_UNREADABLE); anything else comes back unchanged. */
export async function storeError(error: unknown, home: string): Promise<unknown> {
  if (error instanceof PawlError) return error;
  const code = systemCode(error);
  const message = error instanceof Error ? error.message : String(error);
  if (code === "ENOSPC" || code === "EDQUOT")
    return new PawlError(
      "DISK_FULL",
      "the disk is full; nothing finished was lost",
      {
        where: home,
        expected: "room for the files of this stage",
        got: await freeSpace(home),
        next: "free some space there; the stage is retried and goes on from its last checkpoint",
      },
      { cause: error },
    );
  if (code !== undefined && unreadable.has(code))
    return new PawlError(
      "STORE_UNREADABLE",
      `the store cannot be used: ${message}`,
      {
        where: home,
        got: code,
        next: "check that the folder exists and belongs to this user, or set PAWL_HOME to another one",
      },
      { cause: error },
    );
  return error;
}

async function freeSpace(home: string): Promise<string> {
  for (let folder = home; ; folder = path.dirname(folder)) {
    try {
      const { bavail, bsize } = await statfs(folder);
      return `${Math.floor((bavail * bsize) / 1e6)} MB free`;
    } catch (error) {
      if (!isMissing(error) || folder === path.dirname(folder)) return "no room";
    }
  }
}
