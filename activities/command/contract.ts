import { readdir } from "node:fs/promises";
import path from "node:path";
import { PawlError } from "../../platform/errors.js";

/**
 * Refuses links, devices and the like in what a program wrote: an artifact holds files and
 * directories only.
 * @param named the directory, as the error names it
 * @throws PawlError COMMAND_INVALID
 */
export async function refuseOthers(directory: string, named: string): Promise<void> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() || entry.isDirectory()) continue;
    const below = path.relative(directory, path.join(entry.parentPath, entry.name));
    throw new PawlError("COMMAND_INVALID", "the program wrote something that is neither a file nor a directory", {
      where: path.join(named, below),
      expected: "files and directories, no links",
      got: entry.isSymbolicLink() ? "a link" : "a special file",
      next: "let the program copy the file to where the link is",
    });
  }
}
