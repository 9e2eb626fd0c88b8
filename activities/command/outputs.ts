import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { lstat, mkdir, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { createDatasetWriter, type DatasetKind, type DatasetRow } from "../../formats/dataset.js";
import { splitLines } from "../../formats/lines.js";
import { copyModel, modelFiles } from "../../formats/model.js";
import { pathBelow } from "../../platform/containment.js";
import { fileDigest } from "../../platform/digests.js";
import { duplicateKey } from "../../platform/text/duplicate-key.js";
import { PawlError } from "../../platform/errors.js";
import { isObject, type Json } from "../../platform/json.js";
import type { ArtifactRef, WrittenKind } from "../../schemas/artifact.js";
import type { StageWith } from "../../schemas/stages/index.js";
import { isMissing } from "../../store/errors.js";
import { readModelDirectory } from "../models/model.js";
import type { StageContext } from "../stage.js";
import { refuseOthers } from "./contract.js";
import { filesContent } from "./inputs.js";

type Outputs = StageWith<"command">["outputs"];
type Putting = Pick<StageContext, "putArtifact" | "yield" | "stage">;

/**
 * Puts what the program wrote into the store.
 * @param directory what the program was given
 * @param named the directory, as errors name it
 * @returns the artifacts, and the number of files that belong to no output
 * @throws PawlError COMMAND_INVALID for an output that is missing or not of its kind; DATA_INVALID,
 *   MODEL_INVALID
 */
export async function takeOutputs(
  outputs: Outputs,
  { directory, named }: { directory: string; named: string },
  context: Putting,
): Promise<{ artifacts: Record<string, ArtifactRef>; leftOut: string[] }> {
  const artifacts: Record<string, ArtifactRef> = {};
  for (const [name, { kind, path: below = name }] of Object.entries(outputs)) {
    const where = `${named}/${below}`;
    const source = await pathBelow(directory, below, { where: `with.outputs.${name}.path` });
    const isDirectory = await isDirectoryThere(source, where, name);
    if (isDirectory) await refuseOthers(source, where);
    artifacts[name] = await takeOutput(kind, { source, isDirectory, where }, context);
  }
  return { artifacts, leftOut: await filesIn(directory) };
}

/** An output that a program wrote. */
export interface Written {
  source: string;
  isDirectory: boolean;
  /** As errors name it. */
  where: string;
}

/** Puts one thing into the store as an artifact of a kind. @throws as `takeOutputs` does */
export function takeOutput(kind: WrittenKind, written: Written, context: Putting): Promise<ArtifactRef> {
  return take[kind](written, context);
}

const take: Record<WrittenKind, (written: Written, context: Putting) => Promise<ArtifactRef>> = {
  files: ({ source, isDirectory }, context) =>
    context.putArtifact("files", async (directory) => {
      const content = path.join(directory, filesContent);
      if (isDirectory) return rename(source, content);
      await mkdir(content);
      await rename(source, path.join(content, path.basename(source)));
    }),
  dataset: takeDataset,
  model: takeModel,
};

/**
 * Reads rows as JSON lines, and writes them as every dataset is written: equal rows are an equal
 * artifact. The file is then removed: what remains in the directory belongs to no output.
 */
async function takeDataset({ source, isDirectory, where }: Written, context: Putting): Promise<ArtifactRef> {
  if (isDirectory) throw wrongForm(where, "a file of JSON lines, one row a line", "a directory");
  const { sha256 } = await fileDigest(source);
  const kind = await kindOfRows(source, where);
  const artifact = await context.putArtifact("dataset", async (directory) => {
    const writer = createDatasetWriter(directory, { kind, source: "a command", sourceDigest: sha256 });
    let number = 0;
    try {
      for await (const line of splitLines(createReadStream(source), where)) {
        if (number++ % 1000 === 0) await context.yield();
        const row = parseRow(line, `${where}:${number}`);
        if (row?.kind !== kind) throw wrongRow(`${where}:${number}`, line, kind);
        await writer.write(row.row);
      }
    } finally {
      await writer.close();
    }
  });
  await rm(source);
  return artifact;
}

/** The kind of the first row. */
async function kindOfRows(source: string, where: string): Promise<DatasetKind> {
  for await (const line of splitLines(createReadStream(source), where)) {
    const row = parseRow(line, `${where}:1`);
    if (row === undefined) throw wrongRow(`${where}:1`, line, undefined);
    return row.kind;
  }
  throw new PawlError("DATA_EMPTY", "the program wrote a dataset without a row", {
    where,
    expected: "at least one row",
    next: "check the program",
  });
}

const required: Record<DatasetKind, readonly string[]> = {
  text: ["text"],
  instructions: ["instruction", "response"],
  preferences: ["prompt", "chosen", "rejected"],
};
const optional = ["task", "entity"];

/**
 * Parses a line. Returns undefined if it is not a row.
 * @throws PawlError DATA_INVALID for an ambiguous line
 */
function parseRow(line: Buffer, where: string): { kind: DatasetKind; row: DatasetRow } | undefined {
  if (!isUtf8(line)) throw ambiguousRow(where, "bytes that are not UTF-8", "write the file as UTF-8");
  const text = line.toString("utf8");
  const row = parsed(text);
  if (!isObject(row)) return undefined;
  const kind = (Object.keys(required) as DatasetKind[]).find((one) => required[one].every((field) => field in row));
  if (kind === undefined) return undefined;
  const isText = (field: string): boolean => typeof row[field] === "string";
  const known = Object.keys(row).every((field) => required[kind].includes(field) || optional.includes(field));
  if (!known || !Object.keys(row).every(isText)) return undefined;
  const twice = duplicateKey(text);
  if (twice !== undefined) throw ambiguousRow(where, `the key ${twice} twice`, "write each key once");
  if (Object.values(row as Record<string, string>).some((value) => /[\ud800-\udfff]/u.test(value)))
    throw ambiguousRow(where, "half a surrogate pair", "write whole characters");
  return { kind, row: row as unknown as DatasetRow };
}

/** The error for a line that JSON readers would repair in different ways. */
function ambiguousRow(where: string, got: string, next: string): PawlError {
  return new PawlError("DATA_INVALID", "the program wrote a line that is not valid JSON in UTF-8", {
    where,
    expected: "one JSON object in UTF-8, each key once",
    got,
    next,
  });
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

function wrongRow(where: string, line: Buffer, kind: DatasetKind | undefined): PawlError {
  const forms = Object.entries(required).filter(([name]) => kind === undefined || name === kind);
  return new PawlError("DATA_INVALID", "the program wrote a line that is not a row of the dataset", {
    where,
    expected: forms.map(([, fields]) => `{${fields.map((field) => `"${field}": "…"`).join(", ")}}`).join(" or "),
    got: line.subarray(0, 200).toString("utf8"),
    next: `write one JSON object a line, all of one form, with text only; ${optional.join(" and ")} may be added`,
  });
}

/** A Hugging Face directory that Pawl's stages can read; files that belong to no model stay out. */
async function takeModel({ source, isDirectory, where }: Written, context: Putting): Promise<ArtifactRef> {
  const got = isDirectory ? await readdir(source) : [];
  const missing = modelFiles.filter((name) => !got.includes(name));
  if (missing.length > 0)
    throw wrongForm(
      where,
      `a directory with ${modelFiles.join(", ")}`,
      isDirectory ? `none called ${missing[0]!}` : "a file",
    );
  const artifact = await context.putArtifact("model", async (directory) => {
    await copyModel(source, directory);
    await readModelDirectory(directory);
  });
  for (const name of modelFiles) await rm(path.join(source, name));
  return artifact;
}

async function isDirectoryThere(source: string, where: string, name: string): Promise<boolean> {
  try {
    const found = await lstat(source);
    if (found.isDirectory() || found.isFile()) return found.isDirectory();
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  throw new PawlError("COMMAND_INVALID", `the program has not written its output ${name}`, {
    where,
    expected: "a file or a directory",
    got: "nothing",
    next: `let the program write it there, or give its path: outputs.${name}.path`,
  });
}

function wrongForm(where: string, expected: string, got: string): PawlError {
  return new PawlError("COMMAND_INVALID", "the program wrote an output in another form", {
    where,
    expected,
    got,
    next: "let the program write it in this form, or declare it as kind: files",
  });
}

async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map(({ parentPath, name }) => path.relative(directory, path.join(parentPath, name))).sort();
}
