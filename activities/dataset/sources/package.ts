import { realpath } from "node:fs/promises";
import path from "node:path";
import { PawlError } from "../../../platform/errors.js";
import { mainFile, readManifest } from "./manifest.js";

export interface InstalledPackage {
  directory: string;
  version: string;
  license?: string;
  /** The file that `import` of the package's name loads, relative to the directory. */
  main?: string;
  /**
   * The link by which it was found, if it is one of a workspace or was linked: its files may change
   * without its version.
   */
  link?: string;
}

const packageName = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/**
 * Finds an installed npm package as Node would: in `node_modules` of the working directory and the
 * directories above it, then among Pawl's own. The package's code is never run.
 * @param where the setting that names it, as errors name it
 * @throws PawlError DATA_MISSING with the command that installs it; DATA_INVALID for a package.json
 *   that is not JSON
 */
export async function packageDirectory(
  name: string,
  workingDirectory: string,
  where = "with.source.package",
): Promise<InstalledPackage> {
  if (packageName.test(name))
    for (const start of [workingDirectory, import.meta.dirname])
      for (const parent of parents(start)) {
        const found = await readPackage(path.join(parent, "node_modules", name), workingDirectory);
        if (found) return found;
      }
  throw new PawlError("DATA_MISSING", `the package ${name} is not installed`, {
    where,
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

async function readPackage(directory: string, workingDirectory: string): Promise<InstalledPackage | undefined> {
  const manifest = await readManifest(directory, workingDirectory);
  if (manifest === undefined) return undefined;
  const { license } = manifest;
  const version = manifest["version"] as string;
  const main = mainFile(manifest);
  const real = await realpath(directory);
  return {
    ...{ directory: real, version },
    ...(!real.split(path.sep).includes("node_modules") && { link: directory }),
    ...(main !== undefined && { main }),
    ...(typeof license === "string" && { license }),
  };
}
