import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../../platform/program/locations.js";

/** A fenced block of a document. */
export interface Block {
  /** Its document and the line that it begins in. */
  where: string;
  language: string;
  content: string;
}

/**
 * A document for readers: path below the repository, text, blocks, and what stands in backticks
 * outside of them.
 */
export interface Document {
  name: string;
  blocks: Block[];
  /** Line breaks are spaces. */
  code: string[];
}

/** Records of their day, whose commands and settings may be gone. */
const records = ["docs/log.md", "docs/log/", "docs/decisions/"];

/** README, CONTRIBUTING, CHANGELOG and everything in docs/ but the records. */
export function documents(): Document[] {
  const root = packageRoot();
  const inDocs = readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" })
    .map((name) => `docs/${name.replaceAll(path.sep, "/")}`)
    .filter((name) => name.endsWith(".md") && !records.some((record) => name.startsWith(record)));
  return ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...inDocs.sort()].map((name) =>
    documentOf(name, readFileSync(path.join(root, name), "utf8")),
  );
}

const fence = /^( *)```(\w*)[^\n]*\n(.*?)^ *```$/gms;

function documentOf(name: string, text: string): Document {
  const blocks = Array.from(text.matchAll(fence), ({ index, 1: indent, 2: language, 3: content }) => ({
    where: `${name}:${text.slice(0, index).split("\n").length}`,
    language: language!,
    content: content!.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));
  const code = Array.from(text.replaceAll(fence, "").matchAll(/`([^`]+)`/g), ([, span]) =>
    span!.replaceAll(/\s+/g, " "),
  );
  return { name, blocks, code };
}
