import path from "node:path";
import { readJson } from "../../formats/json-file.js";
import { readLines } from "../../formats/lines.js";
import { readFirstRows, type FirstRows } from "../../formats/table.js";
import { readSafetensors } from "../../formats/safetensors.js";
import type { Json } from "../../platform/json.js";
import { computeHistogram, type Histogram } from "./histogram.js";
import { previewDocuments, previewVocabulary, type ShownDocuments, type ShownVocabulary } from "./shown-tokens.js";

/** Limits for reading a file. */
export interface ShownContents {
  /** First rows, or first documents. */
  rows: number;
  /** First columns of a table. */
  columns: number;
  /** First tensors. */
  tensors: number;
  /** Tokens of a vocabulary, and of each document. */
  tokens: number;
  /** Values of each tensor of which the distribution is computed; 0: none is. */
  values: number;
}

/** Bins of a tensor's histogram. */
const bins = 40;

/** A tensor of a file. */
export interface ShownTensor {
  name: string;
  dtype: string;
  shape: number[];
  /** Absent if it was not wanted, or no value is finite. */
  histogram?: Histogram;
}

/** The contents of a file of an artifact. */
export interface FileContents {
  file: string;
  /** Why it cannot be read as what its name says: users' own files may have any name. */
  problem?: string;
  /** For a JSON file: single values, and the sizes of the others. */
  facts?: Record<string, Json>;
  /** For a file of JSON lines: the first lines. */
  rows?: string[];
  /** Of a Parquet file, or of CSV beside which there is none. */
  table?: FirstRows;
  /** Of a file of tensors. */
  tensors?: { count: number; values: number; first: ShownTensor[] };
  /** Of a tokenizer's file. */
  vocabulary?: ShownVocabulary;
  /** Of a file of tokens. */
  documents?: ShownDocuments;
}

/** The contents of an artifact's files, as far as their formats are known by their names. */
export async function readContents(
  directory: string,
  files: readonly string[],
  most: ShownContents,
): Promise<FileContents[]> {
  const unreadable = (file: string, error: unknown): FileContents => ({ file, problem: (error as Error).message });
  const read = await Promise.all(
    files.map((file) =>
      readFileContents(directory, file, files, most).catch((error: unknown) => unreadable(file, error)),
    ),
  );
  return read.flatMap((contents) => (contents === undefined ? [] : [contents]));
}

async function readFileContents(
  directory: string,
  file: string,
  files: readonly string[],
  most: ShownContents,
): Promise<FileContents | undefined> {
  const location = path.join(directory, file);
  if (file.endsWith(".jsonl")) return { file, rows: await firstLines(location, most.rows) };
  if (file.endsWith(".safetensors")) return { file, tensors: await readTensors(location, most) };
  if (file === "tokenizer.json") return { file, vocabulary: await previewVocabulary(location, most.tokens) };
  if (file === "tokens.bin") {
    const documents = await previewDocuments(directory, { documents: most.rows, tokens: most.tokens });
    return { file, documents };
  }
  if (isTable(file, files)) return { file, table: await readFirstRows(location, most) };
  if (!file.endsWith(".json")) return undefined;
  const facts = Object.entries(await readJson(location)).map(([name, value]) => [name, fact(value)] as const);
  return { file, facts: Object.fromEntries(facts) };
}

/** A table is written twice: as Parquet, which has types, and as CSV. */
const isTable = (file: string, files: readonly string[]): boolean =>
  file.endsWith(".parquet") || (file.endsWith(".csv") && !files.includes(file.replace(/csv$/, "parquet")));

async function firstLines(file: string, maxRows: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(file)) if (lines.push(line) === maxRows) break;
  return lines;
}

async function readTensors(file: string, most: ShownContents): Promise<NonNullable<FileContents["tensors"]>> {
  const tensors = Object.entries(await readSafetensors(file));
  const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
  const first: ShownTensor[] = [];
  for (const [name, tensor] of tensors.slice(0, most.tensors)) {
    const histogram = most.values > 0 ? computeHistogram(await tensor.sample(most.values), bins) : undefined;
    first.push({ name, dtype: tensor.dtype, shape: tensor.shape, ...(histogram && { histogram }) });
  }
  return { count: tensors.length, values: tensors.reduce((sum, [, { shape }]) => sum + size(shape), 0), first };
}

/** Returns a single value, or the size of a list or mapping. */
function fact(value: Json): Json {
  if (Array.isArray(value)) return `${value.length} entries`;
  return typeof value === "object" && value !== null ? `${Object.keys(value).length} keys` : value;
}
