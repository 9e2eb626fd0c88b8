import { readFile, stat } from "node:fs/promises";
import { isBuiltin } from "node:module";
import path from "node:path";
import { init, ImportType, parse } from "es-module-lexer";
import { isTypeScript, withoutTypes } from "../../platform/program/typescript.js";

/** What a file of JavaScript or TypeScript imports. */
export interface FileImports {
  paths: ImportedPath[];
  /** Packages, by name. */
  packages: string[];
  /** False: it may load other files, which it does not name. */
  complete: boolean;
}

export interface ImportedPath {
  /** As written in the file: `./helper.mjs`, `../table.json?raw`, `file:///…`. */
  specifier: string;
  /** A dynamic import: the code may do without the file. */
  isDynamic: boolean;
  /** Its line and column, from 1. */
  line: number;
  column: number;
}

/** Larger files are data, or the output of a bundler: bytes. */
const largestParsed = 1 << 24;

/** Parts of Node.js by which code loads other code that no import names. */
const loaders = ["module", "worker_threads", "child_process", "vm"];

const nothing: FileImports = { paths: [], packages: [], complete: true };

/**
 * The imports that a file names: static imports, re-exports, and dynamic imports of a constant. Its
 * list is not complete if it imports something computed or a name of package.json (`#x`), if it is
 * CommonJS or loads code in other ways (`createRequire`, threads), and if it cannot be parsed.
 * Files that are neither JavaScript nor TypeScript import nothing.
 * @throws system errors
 */
export async function fileImports(file: string): Promise<FileImports> {
  const extension = path.extname(file);
  if (extension === ".cjs") return { ...nothing, complete: false };
  const hasTypes = isTypeScript(file);
  if (extension !== ".mjs" && extension !== ".js" && !hasTypes) return nothing;
  if ((await stat(file)).size > largestParsed) return { ...nothing, complete: false };
  const written = await readFile(file, "utf8");
  await init;
  try {
    const source = hasTypes ? await withoutTypes(written, file) : written;
    const [imports, , , isModule] = parse(source);
    const paths: ImportedPath[] = [];
    const packages: string[] = [];
    let complete = isModule || hasTypes || extension === ".mjs";
    for (const { n: specifier, t: type, d: dynamic, s: start } of imports) {
      if (type === ImportType.ImportMeta) continue;
      const kind = specifierKind(specifier);
      if (kind === "path")
        paths.push({ specifier: specifier!, isDynamic: dynamic >= 0, ...sourcePosition(source, start) });
      if (kind === "package") packages.push(packageName(specifier!));
      if (kind === "unknown") complete = false;
    }
    return { paths, packages, complete };
  } catch {
    // Node.js reports the error when it loads the file.
    return { ...nothing, complete: false };
  }
}

/** @param specifier undefined if it is computed */
function specifierKind(specifier: string | undefined): "path" | "package" | "unknown" | "nothing" {
  if (specifier === undefined || specifier.startsWith("#")) return "unknown";
  if (/^(\.{0,2}\/|file:)/.test(specifier)) return "path";
  if (isBuiltin(specifier)) return loaders.includes(specifier.replace(/^node:/, "")) ? "unknown" : "nothing";
  // The text of a `data:` address is in the file itself; Pawl's own functions do not change
  // results.
  return specifier === "pawl" || specifier.startsWith("data:") ? "nothing" : "package";
}

function packageName(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function sourcePosition(source: string, at: number): { line: number; column: number } {
  const lines = source.slice(0, at).split("\n");
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}
