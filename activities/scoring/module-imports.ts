import { realpath, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isWithin } from "../../platform/containment.js";
import { PawlError } from "../../platform/errors.js";
import { importedFile } from "../../platform/program/typescript.js";
import { isMissing } from "../../store/errors.js";
import { packageDirectory, type InstalledPackage } from "../dataset/sources/package.js";
import { filesBelow } from "../dataset/sources/paths.js";
import type { CodeFile } from "./code-roots.js";
import { fileImports, type ImportedPath } from "./file-imports.js";

/** The files and packages of a module's code. */
export interface ModuleImports {
  /**
   * Absolute paths: the module, what it imports by paths, what these import, and so on; each once,
   * sorted.
   */
  files: string[];
  /**
   * Packages that these import by name, sorted; null for one that is not installed. All files of a
   * linked one count, too.
   */
  packages: { name: string; version: string | null }[];
}

/** The setting that names the module, and the project directory that errors name files by. */
interface ImportRoot {
  where: string;
  project: string;
}

const maxFiles = 1000;
/** The same of linked packages, which hold more than what is imported. */
const maxLinkedFiles = 10_000;

/**
 * Finds what a module imports, as Node.js resolves it. If the imports of a file are not all known
 * before it runs (file-imports.ts), every file of the module's code root counts, except hidden
 * files and node_modules. Files that the code reads as data are not found.
 * @throws PawlError MODULE_INVALID for a static import of a file that does not exist, for a file
 *   outside of the code root whose imports are not all known, and for more than 1000 files; system
 *   errors
 */
export async function moduleImports(entry: CodeFile, importRoot: ImportRoot): Promise<ModuleImports> {
  const files = new Set([entry.file]);
  const packages = new Map<string, string | null>();
  /**
   * Real paths of the files of linked packages, with the paths by which they are found: these are
   * the same everywhere.
   */
  const linked = new Map<string, string>();
  const looked = new Set<string>();
  const queue = [entry.file];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const file = await realpath(next);
    if (looked.has(file)) continue;
    looked.add(file);
    if (next !== entry.file) files.add(linked.get(file) ?? file);
    if (files.size - linked.size > maxFiles) throw tooMany(entry.file, importRoot);
    const imports = await fileImports(file);
    for (const imported of imports.paths) {
      // A linked package may have files that nothing imports, and that lead nowhere.
      const isDynamic = imported.isDynamic || linked.has(file);
      queue.push(...(await resolveImport({ ...imported, isDynamic }, file, importRoot)));
    }
    for (const name of imports.packages) {
      const found = await findPackage(name, file);
      packages.set(name, found?.version ?? null);
      if (found?.link !== undefined) queue.push(...(await linkedFiles(name, found, linked, importRoot)));
    }
    if (!imports.complete && !linked.has(file)) queue.push(...(await everyFile(file, entry.root, importRoot)));
  }
  return {
    files: [...files].sort(),
    packages: [...packages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, version]) => ({ name, version })),
  };
}

/** Resolves a path to a file. Returns none if a dynamic import leads nowhere. */
async function resolveImport(imported: ImportedPath, file: string, importRoot: ImportRoot): Promise<string[]> {
  try {
    const target = importedFile(fileURLToPath(new URL(imported.specifier, pathToFileURL(file))));
    if ((await stat(target)).isFile()) return [target];
  } catch (error) {
    // A TypeError: no address of a file at all.
    if (!isMissing(error) && !(error instanceof TypeError)) throw error;
  }
  if (imported.isDynamic) return [];
  throw await leadsNowhere(imported, file, importRoot);
}

async function findPackage(name: string, file: string): Promise<InstalledPackage | undefined> {
  try {
    return await packageDirectory(name, path.dirname(file));
  } catch (error) {
    if (error instanceof PawlError && error.code === "DATA_MISSING") return undefined;
    throw error;
  }
}

/**
 * Every file of a linked package, whichever of them is imported: added to `linked`, and returned
 * the first time.
 */
async function linkedFiles(
  name: string,
  { directory, link }: InstalledPackage,
  linked: Map<string, string>,
  { where }: ImportRoot,
): Promise<string[]> {
  const fresh: string[] = [];
  for (const relative of await filesBelow(directory, "**", where)) {
    const file = await realpath(path.join(directory, relative));
    if (linked.has(file)) continue;
    linked.set(file, path.join(link!, relative));
    fresh.push(file);
  }
  if (linked.size > maxLinkedFiles) throw tooManyLinked(name, where);
  return fresh;
}

async function everyFile(file: string, codeRoot: string, importRoot: ImportRoot): Promise<string[]> {
  const root = await realpath(codeRoot);
  if (!isWithin(file, root)) throw await unknownImports(file, root, importRoot);
  return (await filesBelow(root, "**", importRoot.where)).map((name) => path.join(root, name));
}

/** A file's path below the project directory. */
async function projectPath(file: string, { project }: ImportRoot): Promise<string> {
  return path.relative(await realpath(project), file);
}

async function leadsNowhere(imported: ImportedPath, file: string, importRoot: ImportRoot): Promise<PawlError> {
  const { specifier, line, column } = imported;
  const name = await projectPath(file, importRoot);
  return new PawlError("MODULE_INVALID", `${name} imports a file that does not exist: ${specifier}`, {
    where: `${importRoot.where}, ${name}:${line}:${column}`,
    expected: "the path of a file with its extension, relative to the file that imports it",
    got: specifier,
    next: "correct the path, or add the file",
  });
}

async function unknownImports(file: string, root: string, importRoot: ImportRoot): Promise<PawlError> {
  const [name, directory] = [await projectPath(file, importRoot), await projectPath(root, importRoot)];
  return new PawlError("MODULE_INVALID", `the imports of ${name} are not all known before it runs`, {
    where: importRoot.where,
    expected: `outside of ${directory}: ES modules that import constant paths`,
    got: name,
    next: `move ${name} below ${directory}: every file there is then part of the stage's key`,
  });
}

function tooManyLinked(name: string, where: string): PawlError {
  return new PawlError(
    "MODULE_INVALID",
    "the packages that the module imports and that are linked have too many files",
    {
      where,
      expected: `at most ${maxLinkedFiles} files: all of them belong to the stage's key`,
      got: `more, with those of ${name}`,
      next: `install a packed copy of ${name} (npm pack, npm install FILE.tgz): then its version counts`,
    },
  );
}

function tooMany(file: string, { where }: ImportRoot): PawlError {
  return new PawlError("MODULE_INVALID", "the module imports too many files", {
    where,
    expected: `at most ${maxFiles} files`,
    got: `more, beginning with ${path.basename(file)}`,
    next: "bundle them into one, or put them into a package and import that by its name",
  });
}
