import { access, constants, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { pathBelow, refuseEscape } from "../../platform/containment.js";
import { PawlError } from "../../platform/errors.js";

/**
 * The files below `folder` that a relative path or pattern names, in the order of their names.
 * `*` stands for anything but a slash, `**` for anything. Hidden folders and node_modules are not searched.
 * @param where the key that holds the pattern, for messages.
 * @throws PawlError PATH_TRAVERSAL if the path, or a link on it, leads out of the folder; DATA_MISSING if nothing matches.
 */
export async function filesBelow(folder: string, pattern: string, where: string): Promise<string[]> {
  const next = "copy the data below the working folder and name it from there";
  const facts = { where, got: pattern, next };
  refuseEscape(pattern, facts);
  const clean = path.posix.normalize(pattern);
  const found = clean.includes("*") ? await matching(folder, clean) : [clean];
  if (found.length === 0) throw missing(pattern, where);
  for (const name of found)
    if (!(await isReadableFile(await pathBelow(folder, name, facts)))) throw missing(pattern, where);
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

function isReadableFile(file: string): Promise<boolean> {
  return access(file, constants.R_OK).then(
    async () => (await stat(file)).isFile(),
    () => false,
  );
}

function missing(pattern: string, where: string): PawlError {
  return new PawlError("DATA_MISSING", `no file to read: ${pattern}`, {
    where,
    expected: "a file that the worker may read, or a pattern (`*`, `**`) that matches some",
    got: pattern,
    next: "check the spelling; paths begin at the folder in which the worker was started",
  });
}
