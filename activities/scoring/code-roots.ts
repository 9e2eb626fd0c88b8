import path from "node:path";
import { codeDirectories, pathBelow, refuseEscape } from "../../platform/containment.js";
import { PawlError } from "../../platform/errors.js";
import { isObject } from "../../platform/json.js";
import { fileRoot } from "../../platform/program/shipped.js";
import { readManifest } from "../dataset/sources/manifest.js";
import { packageDirectory } from "../dataset/sources/package.js";
import { filesBelow } from "../dataset/sources/paths.js";

/** A file of code, and the directory for code that it lies in; both absolute. */
export interface CodeFile {
  file: string;
  root: string;
}

/**
 * The file of a module that a definition names: below a code directory of the project (or of Pawl),
 * or in a package that the project's package.json lists (`"pawl": { "codePackages": ["@acme/rules"]
 * }`; `path: "@acme/rules/exact.mjs"`, or `"@acme/rules"` for the file that the package exports by
 * its name).
 * @param relative as written in the definition
 * @param where the setting, as errors name it
 * @throws PawlError CODE_NOT_ALLOWED outside these; PATH_TRAVERSAL, DATA_MISSING; DATA_INVALID for
 *   a package.json that is not JSON
 */
export async function moduleFile(relative: string, where: string, project: string): Promise<CodeFile> {
  refuseEscape(relative, { where });
  const clean = path.posix.normalize(relative);
  const directory = codeDirectories.find((name) => clean.startsWith(`${name}/`));
  if (directory !== undefined) {
    const owner = fileRoot(clean, project);
    const file = await fileIn(owner, clean, where);
    const root = path.join(owner, directory);
    // A link on the way must not lead to what is only data.
    await pathBelow(root, clean.slice(directory.length + 1), { where });
    return { file, root };
  }
  const packages = await codePackages(project);
  const name = packages.find((one) => clean === one || clean.startsWith(`${one}/`));
  if (name === undefined) throw notCode(relative, packages, where);
  const { directory: root, main } = await packageDirectory(name, project, where);
  const inside = clean === name ? main : clean.slice(name.length + 1);
  if (inside === undefined) throw withoutMain(name, where);
  return { file: await fileIn(root, path.posix.normalize(inside), where), root };
}

async function fileIn(root: string, relative: string, where: string): Promise<string> {
  const [file] = await filesBelow(root, relative, where);
  return path.join(root, file!);
}

/**
 * Packages whose code the project lets definitions run; none without a package.json that says so.
 */
async function codePackages(project: string): Promise<string[]> {
  const settings = (await readManifest(project, project))?.["pawl"];
  const listed = isObject(settings) ? settings["codePackages"] : undefined;
  return Array.isArray(listed) ? listed.filter((name) => typeof name === "string") : [];
}

function withoutMain(name: string, where: string): PawlError {
  return new PawlError("DATA_MISSING", `the package ${name} exports no file by its name`, {
    where,
    expected: 'main, or exports["."], in its package.json',
    next: `name one of its files: ${name}/FILE.js`,
  });
}

function notCode(relative: string, packages: readonly string[], where: string): PawlError {
  const roots = [...codeDirectories.map((name) => `${name}/`), ...packages];
  return new PawlError("CODE_NOT_ALLOWED", "this file lies outside the project's directories for code", {
    where,
    expected: `a file in ${roots.join(", ")}`,
    got: relative,
    next: `move it to ${codeDirectories.join("/ or ")}/, or list its package in package.json: "pawl": { "codePackages": ["NAME"] }`,
  });
}
