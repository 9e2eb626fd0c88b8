import { openArtifact } from "../../store/artifacts/artifacts.js";
import { readArtifactManifest } from "../../store/artifacts/find-artifact.js";
import { homeDirectory } from "../../store/home.js";
import type { FirstRows } from "../../formats/table.js";
import { table } from "../render/table.js";
import { cut } from "../render/values.js";
import type { Terminal } from "../terminal.js";
import { namedArtifact } from "../tracing/artifact-name.js";
import { readContents, type FileContents } from "../../report/run/contents.js";
import type { ShownToken } from "../../report/run/shown-tokens.js";
import { shortNumber } from "../../report/values.js";
import type { Verb } from "../verb.js";

const previewLimits = { rows: 3, columns: 8, tensors: 8, tokens: 24, values: 0 };
/** Columns of a row that are shown. */
const widestRow = 160;

/**
 * `pawl inspect ARTIFACT`: what is inside an artifact: its files, facts, first rows, and tensors.
 */
export const inspect: Verb = (command, terminal) => {
  command.argument("<artifact>", "RUN/STAGE/OUTPUT, or the beginning of a digest").action(async (name: string) => {
    const home = homeDirectory();
    const ref = await namedArtifact(home, "inspect", name);
    const directory = await openArtifact(home, ref);
    const { files } = await readArtifactManifest(home, ref.digest);
    const contents = await readContents(
      directory,
      files.map((file) => file.path),
      previewLimits,
    );
    if (terminal.json) return terminal.out(JSON.stringify({ ...ref, directory, files, contents }));
    terminal.out(`${terminal.colors.cyan(ref.artifact)} ${ref.digest}\n${directory}\n`);
    const sizes = files.map((file) => [file.path, shortNumber(file.size)]);
    terminal.out(table(["file", "bytes"], sizes, terminal.colors));
    for (const found of contents) show(found, terminal);
  });
};

function show(
  { file, problem, facts, rows, table: cells, tensors, vocabulary, documents }: FileContents,
  terminal: Terminal,
): void {
  const print = (text: string): void => terminal.out(cut(`  ${text}`, widestRow));
  terminal.out(`\n${terminal.colors.cyan(file)}`);
  if (problem !== undefined) print(problem);
  for (const [name, value] of Object.entries(facts ?? {})) print(`${name}: ${JSON.stringify(value)}`);
  for (const row of rows ?? []) print(row);
  if (cells) showTable(cells, terminal);
  if (vocabulary) {
    const { count, bytes, special, learned } = vocabulary;
    print(`${count} tokens: ${bytes} bytes, ${count - bytes - special} learned, ${special} special`);
    print(tokensText(learned));
  }
  if (documents) {
    print(`${shortNumber(documents.tokens)} tokens in ${documents.count} document${documents.count === 1 ? "" : "s"}`);
    for (const { tokens } of documents.first) print(tokensText(tokens));
  }
  if (tensors === undefined) return;
  print(`${shortNumber(tensors.values)} values in ${tensors.count} tensors`);
  for (const { name, dtype, shape } of tensors.first) terminal.out(`  ${name}  ${dtype} [${shape.join(", ")}]`);
  if (tensors.count > tensors.first.length) print(`and ${tensors.count - tensors.first.length} more`);
}

/** Columns as lines: a table of features has more of them than a terminal is wide. */
function showTable({ columns, columnCount, rows, rowCount }: FirstRows, terminal: Terminal): void {
  const size = rowCount === undefined ? "" : `${shortNumber(rowCount)} rows, `;
  terminal.out(cut(`  ${size}${shortNumber(columnCount)} columns`, widestRow));
  const lines = columns.map(({ name, type }, i) => [name, type, ...rows.map((row) => cut(row[i] ?? "–", 24))]);
  const head = ["column", "type", ...rows.map((_, i) => `row ${i + 1}`)];
  terminal.out(table(head, lines, terminal.colors));
  if (columnCount > columns.length) terminal.out(`  and ${columnCount - columns.length} more`);
}

const tokensText = (tokens: readonly ShownToken[]): string => tokens.map(({ text }) => text).join("|");
