// `npm run check:prose`: Markdown's lines of prose fit into 120 characters, its links lead
// somewhere, as do names of documents in sources, and no text that a person reads holds a phrase
// that Pawl's glossary replaces.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../setup/generated.mjs";
import { phrases } from "./phrases.mjs";

const longest = 120;
const left = new Set([
  "node_modules",
  "dist",
  "generated",
  ".git",
  ".pawl",
  "exports",
  "results",
  "histories",
  "fixtures",
]);

/** Files below the repository whose name ends so. */
function files(endings, directory = root) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) return left.has(entry.name) ? [] : files(endings, file);
    return endings.some((ending) => entry.name.endsWith(ending)) ? [file] : [];
  });
}

/**
 * The list of phrases itself, and the log with its older months, whose entries are records of their
 * day.
 */
const unchecked = ["scripts/lint/phrases.mjs", "docs/log.md", "docs/log/"];
const isChecked = (file) => !unchecked.some((place) => path.relative(root, file).startsWith(place));

const problems = [];
const report = (file, line, what) => problems.push(`${path.relative(root, file)}:${line}  ${what}`);

/** Calls back with each line of a Markdown file outside its blocks of code. */
function eachLine(text, visit) {
  let inCode = false;
  text.split("\n").forEach((line, i) => {
    if (/^\s*(```|~~~)/.test(line)) inCode = !inCode;
    else if (!inCode) visit(line, i + 1);
  });
}

/** The anchors of a Markdown file's headings, as GitHub makes them. */
function anchors(text) {
  const found = new Set();
  eachLine(text, (line) => {
    const heading = /^#+ (.*)$/.exec(line)?.[1];
    if (heading === undefined) return;
    const plain = heading.replaceAll(/[`*]|\[|\]\([^)]*\)/g, "").toLowerCase();
    found.add(plain.replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-"));
  });
  return found;
}

function checkLink(file, number, target) {
  if (/^[a-z]+:/.test(target)) return;
  const [name, anchor] = target.split("#");
  const to = name === "" ? file : path.resolve(path.dirname(file), decodeURIComponent(name));
  if (!existsSync(to)) report(file, number, `no file ${name}`);
  else if (anchor !== undefined && !anchors(readFileSync(to, "utf8")).has(anchor))
    report(file, number, `${path.relative(root, to)} has no heading #${anchor}`);
}

function checkMarkdown(file) {
  eachLine(readFileSync(file, "utf8"), (line, number) => {
    if (line.length > longest && !/^[|#]/.test(line) && !/^\S+$/.test(line.trim()))
      report(file, number, `${line.length} characters; at most ${longest}`);
    for (const [, target] of line.replaceAll(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g))
      checkLink(file, number, target);
  });
}

function checkPhrases(file) {
  const lines = readFileSync(file, "utf8").split("\n");
  for (const { phrase, instead, allowed = [] } of phrases) {
    if (allowed.some((place) => path.relative(root, file).startsWith(place))) continue;
    lines.forEach((line, i) => {
      if (phrase.test(line)) report(file, i + 1, `"${phrase.exec(line)[0]}": write ${instead}`);
    });
  }
}

/** Documents that a source names, as `docs/decisions/0044-the-report-of-a-run.md`. */
function checkNamedDocuments(file) {
  readFileSync(file, "utf8")
    .split("\n")
    .forEach((line, i) => {
      for (const [name] of line.matchAll(/\bdocs\/[\w/.-]+\.md\b/g))
        if (!existsSync(path.join(root, name))) report(file, i + 1, `no file ${name}`);
    });
}

const markdown = files([".md"]);
const sources = files([".ts", ".mjs", ".cjs", ".yaml", ".sql"]);
for (const file of markdown) checkMarkdown(file);
for (const file of [...sources, ...files([".tsx", ".py"])]) checkNamedDocuments(file);
for (const file of [...markdown, ...sources]) if (isChecked(file)) checkPhrases(file);
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
