import { readFile } from "node:fs/promises";
import type { LoadHook, ResolveHook } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { builtDirectory } from "../../platform/program/locations.js";
import { importedFile, isTypeScript, withoutTypes } from "../../platform/program/typescript.js";

/** Hooks of Node.js's module loader, for the process of a stage of the project's own. */

/** `pawl` is the running Pawl, wherever the project is; `helper.js` may be `helper.ts`. */
export const resolve: ResolveHook = async (specifier, context, next) => {
  if (specifier === "pawl")
    return { url: pathToFileURL(path.join(builtDirectory(), "index.js")).href, shortCircuit: true };
  if (!/^(\.{1,2}\/|file:)/.test(specifier) || context.parentURL === undefined) return next(specifier, context);
  const wanted = new URL(specifier, context.parentURL);
  if (wanted.protocol !== "file:") return next(specifier, context);
  return next(pathToFileURL(importedFile(fileURLToPath(wanted))).href, context);
};

/** TypeScript is loaded without its types, as an ES module. */
export const load: LoadHook = async (url, context, next) => {
  if (!url.startsWith("file:")) return next(url, context);
  const file = fileURLToPath(url);
  if (!isTypeScript(file)) return next(url, context);
  const source = await withoutTypes(await readFile(file, "utf8"), file);
  return { format: "module", source, shortCircuit: true };
};
