import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { cacheDirectory } from "../../platform/program/locations.js";

/**
 * The Python of a virtual environment in Pawl's cache with the given packages, made on first use.
 * Undefined, with a message, if it cannot be made.
 * @param name names the directory: holds the versions
 * @param packages pinned, as pip takes them
 */
export function virtualEnvironment(name: string, packages: readonly string[]): string | undefined {
  const directory = path.join(cacheDirectory(), "peers", name);
  const python = path.join(directory, "bin", "python");
  if (existsSync(python)) return python;
  process.stderr.write(`installing ${packages.join(", ")} into ${directory}\n`);
  const run = (command: string, args: string[]): boolean =>
    spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] }).status === 0;
  if (run("python3", ["-m", "venv", directory]) && run(python, ["-m", "pip", "install", "--quiet", ...packages]))
    return python;
  rmSync(directory, { recursive: true, force: true });
  process.stderr.write(`${name} could not be installed: its metrics are missing below\n`);
  return undefined;
}
