import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, sep } from "node:path";
import { PawlError } from "../errors.js";

/** The record that set-up (`scripts/setup/native.mjs`) writes of what it installed. */
export interface Installed {
  cacheDirectory: string;
  tensorflow?: { version: string; build: "cpu" | "cuda"; directory: string };
  temporal: { path: string; version: string };
}

/** Finds the directory of Pawl's package.json, whether Pawl runs from source or from dist/. */
export function packageRoot(): string {
  let directory = import.meta.dirname;
  while (!existsSync(join(directory, "package.json"))) {
    const parent = dirname(directory);
    if (parent === directory)
      throw new PawlError("INTERNAL", "Pawl's own package.json is missing", { where: import.meta.dirname });
    directory = parent;
  }
  return directory;
}

/** Where the compiled program is. */
export const builtDirectory = (): string => join(packageRoot(), "dist");

/** Whether this process runs the compiled program, not its sources (as tests do). */
export const isBuilt = import.meta.dirname.startsWith(builtDirectory() + sep);

/**
 * Returns the version of an npm package that Pawl loads, or undefined if it is not installed. Looks
 * where Node looks: next to Pawl and in the directories above.
 */
export function packageVersion(name: string): string | undefined {
  for (let directory = packageRoot(); ; directory = dirname(directory)) {
    const file = join(directory, "node_modules", name, "package.json");
    if (existsSync(file)) return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
    if (directory === dirname(directory)) return undefined;
  }
}

/**
 * The command that runs set-up again: in a clone, which has sources, or for an installed package.
 */
export function setUpCommand(): string {
  return existsSync(join(packageRoot(), "tsconfig.json")) ? "npm run setup" : "npx pawl setup";
}

/** TensorFlow's module for Node.js, where set-up (`scripts/setup/tfjs.mjs`) puts it. */
export function tensorflowModule(): string {
  return join(packageRoot(), "node_modules", ".tfjs-node-gpu");
}

/** Where provisioned binaries are kept: `PAWL_CACHE`, else `pawl` in the user's cache directory. */
export function cacheDirectory(): string {
  return process.env["PAWL_CACHE"] || join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "pawl");
}

/** Reads what set-up installed. Returns undefined if set-up has not run. */
export function installed(): Installed | undefined {
  const path = join(packageRoot(), "node_modules", ".pawl.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Installed) : undefined;
}

/** Whether set-up has run here and its files still exist. */
export function isSetUp(): boolean {
  const found = installed();
  if (found === undefined || !existsSync(found.temporal.path)) return false;
  return (
    found.tensorflow === undefined || [found.tensorflow.directory, tensorflowModule()].every((path) => existsSync(path))
  );
}

/**
 * The `temporal` program, with its development server. Throws PawlError SETUP_FAILED before set-up.
 */
export function temporalCliPath(): string {
  const path = installed()?.temporal.path;
  if (path && existsSync(path)) return path;
  throw new PawlError("SETUP_FAILED", "the Temporal CLI is missing", {
    where: path ?? "node_modules/.pawl.json",
    next: setUpCommand(),
  });
}
