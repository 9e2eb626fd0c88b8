import { readFile } from "node:fs/promises";
import path from "node:path";
import { PawlError } from "../../../platform/errors.js";
import { isObject, type Json, type JsonObject } from "../../../platform/json.js";

/**
 * Reads the package.json of a directory. Returns undefined if there is none.
 * @param project directory that errors name the file by
 * @throws PawlError DATA_INVALID if it is not a JSON object; system errors
 */
export async function readManifest(directory: string, project: string): Promise<JsonObject | undefined> {
  const file = path.join(directory, "package.json");
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const invalid = (got: string): PawlError =>
    new PawlError("DATA_INVALID", "the package.json cannot be read", {
      where: path.relative(project, file),
      expected: "a JSON object",
      got,
      next: "correct the file; npm reports the same mistake",
    });
  let manifest: Json;
  try {
    manifest = JSON.parse(text) as Json;
  } catch (error) {
    throw invalid((error as Error).message);
  }
  if (!isObject(manifest)) throw invalid(text.slice(0, 80));
  return manifest;
}

/** Conditions of `exports` under which Node.js imports a module. */
const conditions = ["node", "import", "module-sync", "default"];

/**
 * The file that a package exports by its own name, as Node.js finds it; undefined if it exports
 * none.
 */
export function mainFile({ exports, main }: JsonObject): string | undefined {
  if (exports === undefined) return typeof main === "string" ? main : "index.js";
  return resolveTarget(isObject(exports) && "." in exports ? exports["."] : exports);
}

/** The first target whose condition holds. */
function resolveTarget(target: Json | undefined): string | undefined {
  if (typeof target === "string") return target;
  if (!isObject(target)) return undefined;
  for (const [name, inner] of Object.entries(target)) {
    const found = conditions.includes(name) ? resolveTarget(inner) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
