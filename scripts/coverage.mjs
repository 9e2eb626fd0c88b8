// `npm run coverage [TIER…]`: lines and branches of the product's sources that the tests of each
// tier run (default: `everyday`; arguments that name no tier go to jest), the share of what all of
// them run together, and the files that need more than the first tier. It expects set-up to be
// done, and writes to node_modules/.cache/coverage/ only.
//
// Jest counts what runs in its own processes, and its data say what the lines and branches are. V8
// counts what runs in processes and threads of the built program (tests/support/environment.cjs);
// source maps tell where in the sources that is, and the counts are added up. Not counted:
// processes that end by SIGKILL, threads with an empty environment, the studio's page in a browser,
// histories that jest's own processes replay, and branches of `switch` and default values that only
// the built program takes.
import v8Coverage from "@bcoe/v8-coverage";
import { TraceMap, eachMapping } from "@jridgewell/trace-mapping";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { root } from "./steps.mjs";
import { tiers } from "./tiers.mjs";

const sources = ["**/*.{ts,tsx}", "!{tests,bench,scripts,dist,compiler/generated}/**"];
const cache = path.join(root, "node_modules/.cache/coverage");
const named = process.argv.slice(2).filter((argument) => argument in tiers);
const options = process.argv.slice(2).filter((argument) => !(argument in tiers));

/** Runs a tier. @returns what of the sources it runs */
async function measure(tier) {
  const directory = path.join(cache, tier);
  const profiles = path.join(directory, "v8");
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(profiles, { recursive: true });
  const coverage = ["--coverage", "--coverageReporters=json", `--coverageDirectory=${directory}`];
  const counted = sources.map((glob) => `--collectCoverageFrom=${glob}`);
  const args = ["node_modules/jest/bin/jest.js", ...options, ...coverage, ...counted];
  const jest = spawn(process.execPath, [...args, "--selectProjects", ...tiers[tier]], {
    cwd: root,
    stdio: "inherit",
  });
  let scripts = [];
  // Thousands of profiles would fill the disk if they stayed until the end.
  const timer = setInterval(() => (scripts = withProfiles(scripts, profiles)), 10_000);
  const [code] = await once(jest, "exit");
  clearInterval(timer);
  process.exitCode ||= code ?? 1;
  const data = JSON.parse(readFileSync(path.join(directory, "coverage-final.json"), "utf8"));
  return reached(data, countsByPlace(withProfiles(scripts, profiles)));
}

/** Adds what the processes that have ended counted in the built program, and removes their files. */
function withProfiles(scripts, directory) {
  const profiles = readdirSync(directory).flatMap((name) => {
    const file = path.join(directory, name);
    try {
      const { result } = JSON.parse(readFileSync(file, "utf8"));
      rmSync(file);
      return [{ result: result.filter(({ url }) => url.includes(`${root}/dist/`)) }];
    } catch (error) {
      // A process is still writing it.
      if (error instanceof SyntaxError) return [];
      throw error;
    }
  });
  return v8Coverage.mergeProcessCovs([{ result: scripts }, ...profiles]).result;
}

/** How often each place in the sources ran: file → `line:column` → count. */
function countsByPlace(scripts) {
  const places = new Map();
  for (const { url, functions } of scripts) {
    const file = url.startsWith("file:") ? fileURLToPath(url) : url;
    const text = readFileSync(file, "utf8");
    const counts = new Float64Array(text.length);
    const size = ({ startOffset, endOffset }) => endOffset - startOffset;
    // The innermost range holds.
    for (const range of functions.flatMap(({ ranges }) => ranges).sort((a, b) => size(b) - size(a)))
      counts.fill(range.count, range.startOffset, range.endOffset);
    const lineStarts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
    const inScript = new Map();
    eachMapping(sourceMap(file, text), ({ source, originalLine, originalColumn, generatedLine, generatedColumn }) => {
      if (source === null) return;
      const key = `${source}:${originalLine}:${originalColumn}`;
      let offset = lineStarts[generatedLine - 1] + generatedColumn;
      // Some mappings begin at the space before the code.
      while (text[offset] === " ") offset += 1;
      const count = counts[offset];
      inScript.set(key, Math.max(count, inScript.get(key) ?? 0));
    });
    for (const [key, count] of inScript) places.set(key, count + (places.get(key) ?? 0));
  }
  return places;
}

function sourceMap(file, text) {
  const address = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(text)[1];
  const [, inline] = address.split("base64,");
  return new TraceMap(inline ? Buffer.from(inline, "base64").toString() : readFileSync(`${file}.map`, "utf8"), file);
}

/** Which lines and branches ran, by jest's data and V8's counts: place → whether it ran. */
function reached(data, places) {
  const [lines, branches] = [new Map(), new Map()];
  const add = (ran, key, ...counts) => ran.set(key, counts.some((count) => count > 0) || ran.get(key) === true);
  for (const [file, { statementMap, s, branchMap, b }] of Object.entries(data)) {
    const { firstBranches, names } = readSource(file);
    // Undefined where source maps have no such place.
    const countAt = (key) => places.get(`${file}:${key}`);
    for (const [id, { start }] of Object.entries(statementMap))
      if (!names.has(keyOf(start))) add(lines, `${file}:${start.line}`, s[id], countAt(keyOf(start)));
    for (const [id, { type, locations }] of Object.entries(branchMap)) {
      const starts = locations.map(({ start }) => keyOf(start));
      let counts = [];
      if (type === "cond-expr" || type === "binary-expr") counts = starts.map(countAt);
      if (type === "if") {
        const taken = countAt(firstBranches.get(starts[0]));
        counts = [taken, countAt(starts[0]) - taken];
      }
      b[id].forEach((count, index) => add(branches, `${file}:${type}:${starts[0]}:${index}`, count, counts[index]));
    }
  }
  return { lines, branches };
}

const keyOf = ({ line, column }) => `${line}:${column}`;

/**
 * What jest's data lack: where the first branch of each `if` begins, by the place of the `if`; and
 * the places of imports and of declared names, which count as statements where a test loads the
 * file, and otherwise not.
 */
function readSource(file) {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022);
  const placeOf = (node) => {
    const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source));
    return keyOf({ line: line + 1, column: character });
  };
  const firstBranches = new Map();
  const names = new Set();
  const visit = (node, isInImport) => {
    if (ts.isIfStatement(node)) firstBranches.set(placeOf(node), placeOf(node.thenStatement));
    if (isInImport) names.add(placeOf(node));
    if (node.name) names.add(placeOf(node.name));
    ts.forEachChild(node, (child) =>
      visit(child, isInImport || ts.isImportDeclaration(child) || ts.isExportDeclaration(child)),
    );
  };
  visit(source, false);
  return { firstBranches, names };
}

const ranIn = (all) => [...all].flatMap(([key, ran]) => (ran ? [key] : []));

/** A row of the table: what a tier runs, of all there is and of what all measured tiers run. */
function row(name, result, all) {
  const cells = ["lines", "branches"].map((kind) => {
    const [total, covered] = [result[kind].size, ranIn(result[kind]).length];
    const percent = (whole) => `${((100 * covered) / whole).toFixed(2).padStart(6)} %`;
    const ofAll = percent(ranIn(all[kind]).length);
    return `${kind} ${`${covered}/${total}`.padStart(11)} ${percent(total)}, ${ofAll} of all tiers'`;
  });
  return [name.padEnd(11), ...cells].join("  ");
}

/** The lines that a tier does not run and another one does, by file; the files with most first. */
function missing(result, all) {
  const byFile = new Map();
  for (const key of ranIn(all.lines).filter((each) => !result.lines.get(each))) {
    const at = key.lastIndexOf(":");
    const file = path.relative(root, key.slice(0, at));
    byFile.set(file, [...(byFile.get(file) ?? []), key.slice(at + 1)]);
  }
  return [...byFile].sort(([, a], [, b]) => b.length - a.length);
}

const measured = [];
for (const tier of named.length > 0 ? named : ["everyday"]) measured.push([tier, await measure(tier)]);
// Of equal keys the last one stays: what ran is sorted behind what did not.
const union = (kind) => new Map(measured.flatMap(([, result]) => [...result[kind]]).sort(([, a], [, b]) => a - b));
const all = { lines: union("lines"), branches: union("branches") };
const rows = measured.length > 1 ? [...measured, ["all", all]] : measured;
console.log(`\n${rows.map(([name, result]) => row(name, result, all)).join("\n")}`);
const [[first, result]] = measured;
if (measured.length > 1) console.log(`\nlines that ${first} does not run and another tier does:`);
for (const [file, lines] of missing(result, all).slice(0, 30))
  console.log(`${String(lines.length).padStart(5)}  ${file}: ${lines.join(" ").slice(0, 60)}`);
