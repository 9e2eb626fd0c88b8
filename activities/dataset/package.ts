import { readFile, realpath } from "node:fs/promises";
import path from "node:path";
import { PawlError } from "../../platform/errors.js";

export interface InstalledPackage {
  directory: string;
  version: string;
  license?: string;
}

const packageName = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/**
 * Finds an installed npm package as Node would: in `node_modules` of the working directory and the directories above it, then
 * among Pawl's own. The package's code is never run.
 * @param key of `with` that names it, for messages
 * @throws PawlError DATA_MISSING with the command that installs it.
 */
export async function packageDirectory(
  name: string,
  workingDirectory: string,
  key = "with.source",
): Promise<InstalledPackage> {
  if (packageName.test(name))
    for (const start of [workingDirectory, import.meta.dirname])
      for (const parent of parents(start)) {
        const found = await readPackage(path.join(parent, "node_modules", name));
        if (found) return found;
      }
  throw new PawlError("DATA_MISSING", `the package ${name} is not installed`, {
    where: `${key}.package`,
    expected: "an npm package in node_modules",
    got: name,
    next: `npm install ${name}`,
  });
}

function* parents(start: string): Generator<string> {
  for (let directory = path.resolve(start); ; directory = path.dirname(directory)) {
    yield directory;
    if (directory === path.dirname(directory)) return;
  }
}

async function readPackage(directory: string): Promise<InstalledPackage | undefined> {
  const text = await readFile(path.join(directory, "package.json"), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const { version, license } = JSON.parse(text) as { version: string; license?: unknown };
  return { directory: await realpath(directory), version, ...(typeof license === "string" && { license }) };
}
