import type { Stats } from "node:fs";
import { access, constants, readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { exportMark, isWithin, namedFile, refuseEscape, refuseExported } from "../../../platform/containment.js";
import { PawlError, type ErrorFacts } from "../../../platform/errors.js";
import { compilePattern, type Pattern } from "../../../platform/text/pattern.js";
import { homeDirectory } from "../../../store/home.js";
import { readingError } from "../tables/resource-error.js";

/**
 * The files below `directory` that a relative path or pattern names, sorted by name. `*` stands for
 * anything but a slash, `**` for anything. Hidden directories, node_modules and exports are not
 * searched. Links that match a pattern are followed if they lead to places inside the directory
 * that are searched.
 * @param where the key that holds the pattern, for messages.
 * @param onSkipped is called with a link or an export that the pattern matches and that is not
 *   followed, and why
 * @throws PawlError PATH_TRAVERSAL if the path, or a link on it, leads out of the directory or to
 *   what no definition may name (hidden paths, node_modules, PAWL_HOME, exports); DATA_MISSING if
 *   nothing matches; DATA_UNREADABLE if the system refuses.
 */
export async function filesBelow(
  directory: string,
  pattern: string,
  where: string,
  onSkipped: OnSkipped = () => {},
): Promise<string[]> {
  const next = "copy the data below the working directory and name it from there";
  const facts = { where, got: pattern, next };
  refuseEscape(pattern, facts);
  try {
    const clean = path.posix.normalize(pattern);
    const found = clean.includes("*") ? await matching(directory, clean, onSkipped, facts) : [clean];
    if (found.length === 0) throw missing(pattern, where);
    for (const name of found)
      if (!(await isReadableFile(await namedFile(directory, name, homeDirectory(process.env, directory), facts))))
        throw missing(pattern, where);
    return found;
  } catch (error) {
    throw leadsNowhere(error) ? missing(pattern, where) : readingError(error, pattern);
  }
}

/**
 * A pattern as a regular expression over whole relative paths.
 * @throws PawlError DATA_MISSING for one too long for a path
 */
export function patternExpression(pattern: string): Pattern {
  const source = pattern.replace(/\*\*\/|\*\*|\*|[\\^$.|?+()[\]{}]/g, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    return part === "*" ? "[^/]*" : `\\${part}`;
  });
  try {
    return compilePattern(`^${source}$`, { dotAll: true });
  } catch {
    throw missing(pattern, "a path");
  }
}

type OnSkipped = (name: string, reason: string) => void;

/** Searches only below the part of the pattern that has no star. */
async function matching(
  directory: string,
  pattern: string,
  onSkipped: OnSkipped,
  facts: ErrorFacts,
): Promise<string[]> {
  const fixed = pattern.split("/");
  fixed.length = fixed.findIndex((part) => part.includes("*"));
  const expression = patternExpression(pattern);
  const root = (await realpath(directory).catch(undefinedIfMissing)) ?? directory;
  const names: string[] = [];
  const below = fixed.join("/");
  const start = await realpath(path.join(root, below)).catch(undefinedIfMissing);
  if (start === undefined) return [];
  await refuseExported(start, root, facts);
  const home = await realpath(homeDirectory(process.env, root)).catch(undefinedIfMissing);
  for await (const name of walk({ root, home, onSkipped }, below, [start])) if (expression.test(name)) names.push(name);
  return names.sort((a, b) => (a < b ? -1 : 1));
}

interface Search {
  /** Real path of the directory. */
  root: string;
  /** Real path of PAWL_HOME, which is not searched. */
  home: string | undefined;
  onSkipped: OnSkipped;
}

/**
 * @param above real paths of the directory `below` and of those that led to it, so that a circle of
 *   links ends
 */
async function* walk(search: Search, below: string, above: readonly string[]): AsyncGenerator<string> {
  const directory = above.at(-1)!;
  if (directory === search.home) return;
  const entries = (await readdir(directory, { withFileTypes: true }).catch(undefinedIfMissing)) ?? [];
  if (directory !== search.root && entries.some(({ name }) => name === exportMark))
    return search.onSkipped(below, "an export has written it");
  for (const entry of entries) {
    const name = below === "" ? entry.name : `${below}/${entry.name}`;
    if (isHidden(entry.name)) continue;
    if (entry.isSymbolicLink()) yield* follow(search, name, path.join(directory, entry.name), above);
    else if (entry.isFile()) yield name;
    else if (entry.isDirectory()) yield* walk(search, name, [...above, path.join(directory, entry.name)]);
  }
}

async function* follow(search: Search, name: string, link: string, above: readonly string[]): AsyncGenerator<string> {
  const end = await resolveLink(link, name);
  if (end === undefined) return search.onSkipped(name, "its target does not exist");
  const { target, kind } = end;
  if (!isWithin(target, search.root)) return search.onSkipped(name, "it leads out of the directory");
  if (path.relative(search.root, target).split(path.sep).some(isHidden))
    return search.onSkipped(name, "it leads to a place that is not searched");
  if (kind.isFile()) yield name;
  else if (above.includes(target)) search.onSkipped(name, "it leads back to a directory that contains it");
  else if (kind.isDirectory()) yield* walk(search, name, [...above, target]);
}

/** The real path of a link's target, and what is there; undefined if the target does not exist. */
async function resolveLink(link: string, name: string): Promise<{ target: string; kind: Stats } | undefined> {
  try {
    const target = await realpath(link);
    return { target, kind: await stat(target) };
  } catch (error) {
    if (leadsNowhere(error)) return undefined;
    throw readingError(error, name);
  }
}

const isHidden = (name: string): boolean => name === "node_modules" || name.startsWith(".");

/**
 * Returns false if the file does not exist.
 * @throws system errors if it exists but cannot be read now
 */
async function isReadableFile(file: string): Promise<boolean> {
  try {
    await access(file, constants.R_OK);
    return (await stat(file)).isFile();
  } catch (error) {
    undefinedIfMissing(error);
    return false;
  }
}

/** @throws the error, unless it says that nothing exists at the path */
function undefinedIfMissing(error: unknown): undefined {
  if (!leadsNowhere(error)) throw error;
}

/** Whether the error says that nothing exists at the path, or that its links form a circle. */
function leadsNowhere(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR", "ELOOP"].includes(String((error as NodeJS.ErrnoException).code));
}

function missing(pattern: string, where: string): PawlError {
  return new PawlError("DATA_MISSING", `no file to read: ${pattern}`, {
    where,
    expected: "a file that the worker may read, or a pattern (`*`, `**`) that matches some",
    got: pattern,
    next: "check the spelling; paths begin at the run's project directory",
  });
}
