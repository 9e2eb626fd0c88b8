import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "./locations.js";

/** Directories of Pawl's own package that its pipelines name files in. */
const directories = ["pipelines", "stages"];

/**
 * The directory in which a relative path of a definition begins: the project directory. A file that
 * Pawl ships, and the project does not have, is read from Pawl's package; so shipped pipelines run
 * in any project, and a project's own file of the same name goes first.
 */
export function fileRoot(file: string, project: string): string {
  const clean = path.posix.normalize(file);
  if (!directories.some((directory) => clean.startsWith(`${directory}/`))) return project;
  if (existsSync(path.join(project, clean)) || !existsSync(path.join(packageRoot(), clean))) return project;
  return packageRoot();
}

/** Where a file of the project is read: see fileRoot. */
export function resolveFile(file: string, project: string): string {
  return path.resolve(fileRoot(file, project), file);
}

/** The files of the pipelines that Pawl ships, sorted: `pipelines/tiny.yaml`. */
export function shippedPipelines(): string[] {
  const files = readdirSync(path.join(packageRoot(), "pipelines")).filter((name) => name.endsWith(".yaml"));
  return files.sort().map((name) => path.join("pipelines", name));
}
