import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Context } from "hono";
import { packageRoot, setUpCommand } from "../../platform/program/locations.js";
import { PawlError } from "../../platform/errors.js";

/** A file of the page, as it was built. */
interface PageFile {
  type: string;
  content: Buffer<ArrayBuffer>;
  compressed: Buffer<ArrayBuffer>;
}

/**
 * All files of the page by name. Requests are answered from memory: no address reaches the disk.
 */
export type PageFiles = ReadonlyMap<string, PageFile>;

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Where set-up builds the page. */
export const pageDirectory = (): string => path.join(packageRoot(), "dist", "studio", "page");

/** @throws PawlError SETUP_FAILED if the page was not built */
export function readPageFiles(directory: string): PageFiles {
  try {
    const names = readdirSync(directory).filter((name) => types[path.extname(name)] !== undefined);
    const files = new Map(names.map((name) => [name, pageFile(path.join(directory, name))]));
    if (files.has("index.html")) return files;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  throw new PawlError("SETUP_FAILED", "the studio's page was not built", { where: directory, next: setUpCommand() });
}

function pageFile(file: string): PageFile {
  const content = readFileSync(file);
  return { type: types[path.extname(file)]!, content, compressed: readFileSync(`${file}.br`) };
}

/** A file of the page; undefined if there is none of that name. */
export function servePageFile(c: Context, files: PageFiles, name: string): Response | undefined {
  const file = files.get(name);
  if (file === undefined) return undefined;
  const isCompressed = /\bbr\b/.test(c.req.header("accept-encoding") ?? "");
  // The names of chunks hold a digest of their content.
  const isFixed = /-[A-Z0-9]{8}\.\w+$/.test(name);
  c.header("content-type", file.type);
  c.header("cache-control", isFixed ? "public, max-age=31536000, immutable" : "no-cache");
  c.header("vary", "accept-encoding");
  if (isCompressed) c.header("content-encoding", "br");
  return c.body(isCompressed ? file.compressed : file.content);
}
