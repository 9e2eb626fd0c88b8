import { existsSync } from "node:fs";
import path from "node:path";

/** Extensions of files whose types are erased before they run. */
const typed = [".ts", ".mts"];

/** Whether a file is TypeScript, by its name. */
export const isTypeScript = (file: string): boolean => typed.includes(path.extname(file));

/**
 * Replaces a file's types by spaces, so that lines and columns stay the same. As in Node.js itself,
 * only types can be erased; `enum`, `namespace` and parameter properties are refused.
 * @throws Error with file, line and column, in its message and as `place`
 */
export async function withoutTypes(source: string, file: string): Promise<string> {
  const { default: swc } = await import("@swc/wasm-typescript");
  try {
    return swc.transformSync(source, { mode: "strip-only", module: true, filename: file }).code;
  } catch (error) {
    const { message, startLine, startColumn } = error as Partial<
      Record<"message" | "startLine" | "startColumn", string>
    >;
    const at = startLine === undefined ? undefined : `${startLine}:${Number(startColumn) + 1}`;
    const located = `${file}${at === undefined ? "" : `:${at}`}: ${message ?? String(error)}`;
    throw Object.assign(new Error(located, { cause: error }), { place: at && { file, at } });
  }
}

/**
 * Finds the file of an import: `helper.js` may stand for `helper.ts`.
 * @param file absolute, as the import says
 */
export function importedFile(file: string): string {
  if (existsSync(file) || ![".js", ".mjs"].includes(path.extname(file))) return file;
  const source = file.replace(/js$/, "ts");
  return existsSync(source) ? source : file;
}
