import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { PawlError } from "./errors.js";

/** What `scripts/setup.mjs` installed, as it recorded it. */
export interface Installed {
  cacheDirectory: string;
  tensorflow?: { version: string; build: "cpu" | "cuda"; directory: string };
  temporal: { path: string; version: string };
}

/** The directory of Pawl's package.json, from source and from dist/ alike. */
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

/** Where provisioned binaries are kept: `PAWL_CACHE`, else `pawl` in the user's cache directory. */
export function cacheDirectory(): string {
  return process.env["PAWL_CACHE"] || join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "pawl");
}

/** What set-up installed, or undefined before it has run. */
export function installed(): Installed | undefined {
  const path = join(packageRoot(), "node_modules", ".pawl.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Installed) : undefined;
}

/** The `temporal` program, with its development server. Throws PawlError SETUP_FAILED before set-up. */
export function temporalCliPath(): string {
  const path = installed()?.temporal.path;
  if (path && existsSync(path)) return path;
  throw new PawlError("SETUP_FAILED", "the Temporal CLI is missing", {
    where: path ?? "node_modules/.pawl.json",
    next: "npm run setup",
  });
}
