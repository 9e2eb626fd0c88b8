// `npm run lines [COMMIT]`: lines of the code outside tests/ and bench/, and of those the lines
// that hold code (neither blank nor only comment), at HEAD and at another commit, which the last
// column compares. Words of docs, without the generated reference, below.
import { execFileSync } from "node:child_process";
import ts from "typescript";
import { root } from "./steps.mjs";

const [other] = process.argv.slice(2);
const git = (...args) => execFileSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });

/** The files of a commit, as paths and texts. */
function filesAt(commit, wanted) {
  const paths = git("ls-tree", "-r", "--name-only", commit)
    .split("\n")
    .filter((path) => wanted.test(path));
  return paths.map((path) => ({ path, text: git("show", `${commit}:${path}`) }));
}

/** The number of lines that hold at least a part of a token. */
function codeLines({ path, text }) {
  if (!/\.(ts|tsx|mjs|cjs|js)$/.test(path))
    return text.split("\n").filter((line) => line.trim() !== "" && !/^\s*(#|\/\*|\*)/.test(line)).length;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, false);
  const lines = new Set();
  const lineAt = (position) => source.getLineAndCharacterOfPosition(position).line;
  const visit = (node) => {
    const children = node
      .getChildren(source)
      .filter(({ kind }) => kind < ts.SyntaxKind.FirstJSDocNode || kind === ts.SyntaxKind.SyntaxList);
    if (children.length > 0) return children.forEach(visit);
    if (node.end === node.pos) return;
    for (let line = lineAt(node.getStart(source)); line <= lineAt(node.end); line++) lines.add(line);
  };
  visit(source);
  return lines.size;
}

const code = /^(?!(.*\/)?(tests|bench)\/).*\.(ts|tsx|mjs|cjs|js|py|css|html|sh)$/;
const prose = /^(docs\/(?!reference\/(api|commands|environment|errors|language|stages)\.md).*|[A-Z]+)\.md$/;
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

function measured(commit) {
  const files = filesAt(commit, code);
  const words = filesAt(commit, prose).map(({ text }) => text.split(/\s+/).filter(Boolean).length);
  return {
    files: files.length,
    lines: sum(files.map(({ text }) => text.split("\n").length - 1)),
    "lines of code": sum(files.map(codeLines)),
    "words of docs": sum(words),
  };
}

const here = measured("HEAD");
const there = other === undefined ? {} : measured(other);
for (const [name, count] of Object.entries(here)) {
  const compared =
    there[name] === undefined
      ? ""
      : `${String(there[name]).padStart(9)}${(count / there[name]).toFixed(3).padStart(8)} ×`;
  console.log(`${name.padEnd(14)}${String(count).padStart(9)}${compared}`);
}
