import { access, constants, readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { PawlError } from "../../platform/errors.js";

/**
 * The files below `folder` that a relative path or pattern names, in the order of their names.
 * `*` stands for anything but a slash, `**` for anything. Hidden folders and node_modules are not searched.
 * @param where the key that holds the pattern, for messages.
 * @throws PawlError PATH_TRAVERSAL if the path, or a link on it, leads out of the folder; DATA_MISSING if nothing matches.
 */
export async function filesBelow(folder: string, pattern: string, where: string): Promise<string[]> {
  const clean = path.posix.normalize(pattern);
  if (path.isAbsolute(pattern) || clean === ".." || clean.startsWith("../") || pattern.includes("\0"))
    throw leadsOut(pattern, where);
  const found = clean.includes("*") ? await matching(folder, clean) : [clean];
  if (found.length === 0) throw missing(pattern, where);
  for (const name of found) await checkBelow(folder, name, pattern, where);
  return found;
}

/** A pattern as a regular expression over whole relative paths. */
export function patternExpression(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/|\*\*|\*|[\\^$.|?+()[\]{}]/g, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    return part === "*" ? "[^/]*" : `\\${part}`;
  });
  return new RegExp(`^${source}$`, "s");
}

/** Searches only below the part of the pattern that holds no star. */
async function matching(folder: string, pattern: string): Promise<string[]> {
  const fixed = pattern.split("/");
  fixed.length = fixed.findIndex((part) => part.includes("*"));
  const expression = patternExpression(pattern);
  const names: string[] = [];
  for await (const name of walk(folder, fixed.join("/"))) if (expression.test(name)) names.push(name);
  return names.sort((a, b) => (a < b ? -1 : 1));
}

async function* walk(root: string, below: string): AsyncGenerator<string> {
  const entries = await readdir(path.join(root, below), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const name = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isFile()) yield name;
    else if (entry.isDirectory() && entry.name !== "node_modules" && !entry.name.startsWith("."))
      yield* walk(root, name);
  }
}

async function checkBelow(folder: string, name: string, pattern: string, where: string): Promise<void> {
  const real = await realpath(path.join(folder, name)).catch(() => {
    throw missing(pattern, where);
  });
  const readable = await access(real, constants.R_OK).then(
    async () => (await stat(real)).isFile(),
    () => false,
  );
  if (!readable) throw missing(pattern, where);
  const relative = path.relative(await realpath(folder), real);
  if (relative.startsWith("..") || path.isAbsolute(relative)) throw leadsOut(pattern, where);
}

function leadsOut(pattern: string, where: string): PawlError {
  return new PawlError("PATH_TRAVERSAL", "the path leads out of the folder that it may read", {
    where,
    expected: "a relative path that stays below the folder, links included",
    got: pattern,
    next: "copy the data below the working folder and name it from there",
  });
}

function missing(pattern: string, where: string): PawlError {
  return new PawlError("DATA_MISSING", `no file to read: ${pattern}`, {
    where,
    expected: "a file that the worker may read, or a pattern (`*`, `**`) that matches some",
    got: pattern,
    next: "check the spelling; paths begin at the folder in which the worker was started",
  });
}
