import { lstat, readlink, realpath } from "node:fs/promises";
import path from "node:path";
import { PawlError, type ErrorFacts } from "./errors.js";

/**
 * Returns why a path could leave its directory, links aside, or undefined if it cannot. The answer
 * is the same on every operating system.
 */
export function escapeReason(relative: string): string | undefined {
  if (relative.includes("\0")) return "it contains a NUL";
  if (/^[/\\]/.test(relative) || /^[A-Za-z]:/.test(relative) || relative.startsWith("~")) return "it is absolute";
  if (relative.split(/[/\\]/).includes("..")) return "it goes up with ..";
  return undefined;
}

/**
 * @throws PawlError PATH_TRAVERSAL if a path may leave its directory, apart from links.
 * @param facts of the error
 */
export function refuseEscape(relative: string, facts: ErrorFacts): void {
  const reason = escapeReason(relative);
  if (reason !== undefined) throw outside(relative, reason, facts);
}

/**
 * Resolves all links of a path below a directory. If the path does not exist, resolves the part
 * that does, dangling links included.
 * @param relative a path below the directory, with `/`
 * @param facts of the error: where the path was given, what to do next
 * @throws PawlError PATH_TRAVERSAL if the path, or a link in it, leaves the directory, or names the
 *   directory itself; system errors (a directory that does not exist, a circle of links)
 */
export async function pathBelow(directory: string, relative: string, facts: ErrorFacts): Promise<string> {
  refuseEscape(relative, facts);
  const root = await realpath(directory);
  const target = await resolveLinks(path.join(root, relative));
  if (target === root) throw outside(relative, "it is the directory itself", facts);
  if (!isWithin(target, root)) throw outside(relative, "a link leads out of it", facts);
  return target;
}

/** Whether a path is the directory itself or lies below it; both absolute and without links. */
export function isWithin(file: string, directory: string): boolean {
  const rest = path.relative(directory, file);
  return rest.split(path.sep)[0] !== ".." && !path.isAbsolute(rest);
}

/** Exports leave this file in every directory that they write outside the store. */
export const exportMark = ".pawl-export.json";

/**
 * The same for a file that a definition or a request names. Refuses what is neither the user's data
 * nor code: hidden paths, node_modules, the home directory, and exports, to which runs write what
 * others have put into definitions.
 * @param home PAWL_HOME, wherever it lies
 * @throws PawlError PATH_TRAVERSAL; system errors
 */
export async function namedFile(directory: string, relative: string, home: string, facts: ErrorFacts): Promise<string> {
  const target = await pathBelow(directory, relative, facts);
  const root = await realpath(directory);
  const real = path.relative(root, target);
  const reason = privateReason(path.normalize(relative)) ?? privateReason(real);
  if (reason !== undefined) throw closed(relative, reason, facts);
  if (isWithin(target, await resolveLinks(path.resolve(directory, home))))
    throw closed(relative, "it lies in PAWL_HOME", facts);
  await refuseExported(path.dirname(target), root, { got: relative, ...facts });
  return target;
}

/**
 * Refuses a directory inside an export: a run that reads it would depend on what another run wrote
 * there last, which its lineage does not record.
 * @param root the directory that paths are relative to; both are real paths
 * @throws PawlError PATH_TRAVERSAL
 */
export async function refuseExported(directory: string, root: string, facts: ErrorFacts): Promise<void> {
  for (let at = directory; at !== root && isWithin(at, root); at = path.dirname(at))
    if (await hasEntry(path.join(at, exportMark)))
      throw closed(String(facts.got), `an export has written it into ${path.relative(root, at)}`, {
        ...facts,
        next: "use the stage's output itself (stages.ID.outputs.NAME), or copy the file out of the export",
      });
}

async function hasEntry(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
    return false;
  }
}

/**
 * Returns why a definition may not name this path, or undefined if it may. Where the path leads
 * does not matter.
 */
export function privateReason(relative: string): string | undefined {
  const parts = relative.split(/[/\\]/);
  if (parts.includes("node_modules")) return "it lies in node_modules";
  return parts.some((part) => part.startsWith(".") && part !== ".") ? "it is hidden" : undefined;
}

/**
 * Directories of a project whose JavaScript a definition may name as code. No run writes into them.
 */
export const codeDirectories = ["stages", "modules"] as const;

/** Returns why a run may not write this path of the project, or undefined if it may. */
export function unwritableReason(relative: string): string | undefined {
  const [first = ""] = relative.split(/[/\\]/).filter((part) => part !== "." && part !== "");
  if ((codeDirectories as readonly string[]).includes(first)) return `${first} holds code`;
  return first === "pipelines" ? "pipelines holds definitions" : privateReason(relative);
}

function closed(relative: string, reason: string, facts: ErrorFacts): PawlError {
  return new PawlError("PATH_TRAVERSAL", `no definition may name this file: ${reason}`, {
    expected: "a file of the project that is not hidden, outside node_modules, PAWL_HOME and exports",
    got: relative,
    ...facts,
  });
}

async function resolveLinks(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
  }
  const parent = await resolveLinks(path.dirname(file));
  const location = path.join(parent, path.basename(file));
  const target = await linkTarget(location);
  return target === undefined ? location : resolveLinks(path.resolve(parent, target));
}

/** Returns a link's target, or undefined if the file does not exist or is not a link. */
async function linkTarget(file: string): Promise<string | undefined> {
  try {
    return await readlink(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EINVAL" || code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

function outside(relative: string, reason: string, facts: ErrorFacts): PawlError {
  return new PawlError("PATH_TRAVERSAL", `the path must stay below the directory it is relative to: ${reason}`, {
    expected: "a relative path without .., links included",
    got: relative,
    ...facts,
  });
}
