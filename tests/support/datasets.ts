import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import Ajv from "ajv";
import { dataset } from "../../activities/dataset.js";
import { createDatasetWriter, readRows, type DatasetRow } from "../../formats/dataset.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import { PawlError } from "../../platform/errors.js";
import { stageDefinitions, type StageType, type StageWith } from "../../schemas/stages/index.js";
import type { TestContext } from "./stage-context.js";

const ajv = new Ajv.default({ useDefaults: true, strict: false });

/** `with` as a pipeline would give it: checked, defaults filled in. */
export function fillSettings<T extends StageType>(uses: T, settings: object): StageWith<T> {
  const filled: unknown = structuredClone(settings);
  if (!ajv.validate(stageDefinitions[uses].with, filled)) throw new Error(ajv.errorsText());
  return filled as StageWith<T>;
}

export function put(context: TestContext, name: string, content: string | Uint8Array): void {
  const file = path.join(context.workingDirectory, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** Rows as JSON lines. */
export function jsonLines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

/** The artifact of rows that are all of one kind. */
export function putDataset(context: TestContext, rows: readonly DatasetRow[]): Promise<ArtifactRef<"dataset">> {
  const [first] = rows;
  const kind = !first || "text" in first ? "text" : "instruction" in first ? "instructions" : "preferences";
  return context.putArtifact("dataset", async (directory) => {
    const writer = createDatasetWriter(directory, { kind, source: "test", sourceDigest: "0".repeat(64) });
    for (const row of rows) await writer.write(row);
    await writer.close();
  });
}

export async function readDatasetRows(context: TestContext, ref: ArtifactRef): Promise<DatasetRow[]> {
  const rows: DatasetRow[] = [];
  for await (const row of readRows(await context.openArtifact(ref))) rows.push(row);
  return rows;
}

/** Runs a dataset stage. @returns its rows, outputs and metrics */
export async function runDataset(context: TestContext, settings: object) {
  const { outputs, metrics } = await dataset(fillSettings("dataset", settings), context);
  const [train, heldOut] = [
    await readDatasetRows(context, outputs.train),
    await readDatasetRows(context, outputs.heldOut),
  ];
  return { train, heldOut, outputs, metrics };
}

/** The error that some work ends in. */
export async function catchFailure(work: Promise<unknown>): Promise<PawlError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof PawlError) return error;
    throw error;
  }
  throw new Error("it should have failed");
}
