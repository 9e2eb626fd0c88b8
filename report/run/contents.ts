import path from "node:path";
import { readJson } from "../../formats/json-file.js";
import { readLines } from "../../formats/lines.js";
import { readSafetensors } from "../../formats/safetensors.js";
import type { Json } from "../../platform/json.js";

/** How much of a file is read: its first rows, and its first tensors. */
export interface ShownContents {
  rows: number;
  tensors: number;
}

/** A tokenizer's file holds its vocabulary: no facts. */
const withoutFacts = new Set(["tokenizer.json"]);

/** What is inside a file of an artifact. */
export interface FileContents {
  file: string;
  /** Of a JSON file: single values, and how many others hold. */
  facts?: Record<string, Json>;
  /** Of a file of JSON lines: the first ones. */
  rows?: string[];
  /** Of a file of tensors. */
  tensors?: { count: number; values: number; first: { name: string; dtype: string; shape: number[] }[] };
}

/** The contents of an artifact's files, as far as their formats are known by their names. */
export async function readContents(
  directory: string,
  files: readonly string[],
  most: ShownContents,
): Promise<FileContents[]> {
  const read = await Promise.all(files.map((file) => contentsOf(directory, file, most)));
  return read.flatMap((contents) => (contents === undefined ? [] : [contents]));
}

async function contentsOf(directory: string, file: string, most: ShownContents): Promise<FileContents | undefined> {
  const place = path.join(directory, file);
  if (file.endsWith(".jsonl")) return { file, rows: await firstLines(place, most.rows) };
  if (file.endsWith(".safetensors")) return { file, tensors: await tensorsOf(place, most.tensors) };
  if (!file.endsWith(".json") || withoutFacts.has(file)) return undefined;
  const facts = Object.entries(await readJson(place)).map(([name, value]) => [name, fact(value)] as const);
  return { file, facts: Object.fromEntries(facts) };
}

async function firstLines(file: string, mostRows: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(file)) if (lines.push(line) === mostRows) break;
  return lines;
}

async function tensorsOf(file: string, mostTensors: number): Promise<NonNullable<FileContents["tensors"]>> {
  const tensors = Object.entries(await readSafetensors(file));
  const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
  return {
    count: tensors.length,
    values: tensors.reduce((sum, [, { shape }]) => sum + size(shape), 0),
    first: tensors.slice(0, mostTensors).map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
  };
}

/** A single value, or how many a list or a mapping holds. */
function fact(value: Json): Json {
  if (Array.isArray(value)) return `${value.length} entries`;
  return typeof value === "object" && value !== null ? `${Object.keys(value).length} keys` : value;
}
