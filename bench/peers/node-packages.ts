import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cacheDirectory } from "../../platform/program/locations.js";

/**
 * A directory in Pawl's cache in which the given npm packages are installed, made on first use.
 * Undefined, with a message, if it cannot be made.
 * @param name names the directory: holds the versions
 * @param packages pinned, as npm takes them
 */
export function nodePackages(name: string, packages: readonly string[]): string | undefined {
  const directory = path.join(cacheDirectory(), "peers", name);
  const complete = path.join(directory, "complete");
  if (existsSync(complete)) return directory;
  process.stderr.write(`installing ${packages.join(", ")} into ${directory}\n`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, "package.json"), '{ "private": true }\n');
  const { status } = spawnSync("npm", ["install", "--no-audit", "--no-fund", "--save-exact", ...packages], {
    cwd: directory,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status === 0) {
    writeFileSync(complete, "");
    return directory;
  }
  rmSync(directory, { recursive: true, force: true });
  process.stderr.write(`${name} could not be installed: its metrics are missing below\n`);
  return undefined;
}
