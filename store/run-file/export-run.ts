import { createWriteStream } from "node:fs";
import { mkdir, open, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";
import { create } from "tar";
import { fileDigest } from "../../platform/digests.js";
import { PawlError } from "../../platform/errors.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import { artifactsIn } from "../../schemas/artifact.js";
import type { Plan } from "../../schemas/plan.js";
import { openArtifact } from "../artifacts.js";
import { storeError } from "../errors.js";
import { exists, syncDirectory } from "../files.js";
import { readArtifactManifest } from "../find-artifact.js";
import { layout } from "../home.js";
import { manifestName, type FileEntry } from "../manifest.js";
import { recordedResult, type ResultRecord } from "../results.js";
import { findDefinition, findPlan, findRecord, type RunRecord } from "../runs.js";
import { sealed } from "../seal.js";
import { isAbandoned, namesIn, ownName, temporaryDirectory } from "../temporary.js";
import { artifactDirectory, indexName, provenanceName, resultName, runFiles, type RunFileIndex } from "./format.js";
import { provenanceOf } from "./provenance.js";

/** A run that is exported. */
export interface ExportRequest {
  runId: string;
  /** Absolute. */
  file: string;
  /** The artifacts of all stages, not only those of the pipeline's outputs. */
  all: boolean;
  /** The keys of its stages. */
  keys: readonly string[];
  /** The version of Pawl. */
  version: string;
}

export interface ExportedRun {
  bytes: number;
  artifacts: ArtifactRef[];
  results: string[];
  /** Whether it holds the artifacts of all stages. */
  all: boolean;
}

/**
 * Writes a run as one file: atomically, and the same bytes each time. What holds only on this machine is left out: the
 * grant, the project directory, and which store it was.
 * @throws PawlError DATA_MISSING without definition or record; NOT_ALLOWED if the run has not ended, or the file exists;
 *   ARTIFACT_MISSING, ARTIFACT_CORRUPT; DISK_FULL, STORE_UNREADABLE
 */
export async function exportRun(home: string, request: ExportRequest): Promise<ExportedRun> {
  const { runId, file } = request;
  const run = await readRun(home, runId);
  if (exists(file)) throw fileExists(file);
  const outputs = artifactsIn(Object.values(run.record.outputs));
  const all = request.all || outputs.length === 0;
  const artifacts = unique(all ? run.record.stages.flatMap((stage) => Object.values(stage.outputs)) : outputs);
  const results = await readResults(home, request.keys);
  const staging = await temporaryDirectory(home, "export");
  try {
    const index = await stage(home, staging, { ...run, artifacts, results, version: request.version });
    const bytes = await pack(staging, [indexName, ...index.files.map((entry) => entry.path)], file);
    return { bytes, artifacts, results: index.results, all };
  } catch (error) {
    throw storeError(error, path.dirname(file));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

interface WholeRun {
  record: RunRecord;
  plan: Plan;
  definition: string;
}

async function readRun(home: string, runId: string): Promise<WholeRun> {
  const [record, plan, definition] = [
    await findRecord(home, runId),
    await findPlan(home, runId),
    await findDefinition(home, runId),
  ];
  if (record === undefined || plan === undefined || !definition)
    throw new PawlError("DATA_MISSING", `run ${runId} cannot be exported: its definition or its record is missing`, {
      where: layout.run(home, runId),
      next: "run its pipeline again",
    });
  if (!["succeeded", "failed", "cancelled"].includes(record.status))
    throw new PawlError("NOT_ALLOWED", `run ${runId} cannot be exported: it has not ended`, {
      expected: "a run that succeeded, failed or was canceled",
      got: record.status,
      next: `pawl watch ${runId}, or pawl cancel ${runId}`,
    });
  return { ...withoutMachine(record, plan), definition };
}

function withoutMachine(record: RunRecord, plan: Plan): { record: RunRecord; plan: Plan } {
  const { grant: _grant, project: _project, ...ownPlan } = plan;
  const { store: _store, plan: _plan, ...ownRecord } = record;
  return { plan: ownPlan, record: { ...ownRecord, plan: ownPlan } };
}

async function readResults(home: string, keys: readonly string[]): Promise<ResultRecord[]> {
  const found = await Promise.all([...new Set(keys)].sort().map((key) => recordedResult(home, key)));
  return found.filter((result) => result !== undefined);
}

/** Fills a directory with everything that the file holds; artifacts are links to the store. */
async function stage(
  home: string,
  staging: string,
  run: WholeRun & { artifacts: ArtifactRef[]; results: ResultRecord[]; version: string },
): Promise<RunFileIndex> {
  const { record, plan, definition, artifacts, results, version } = run;
  for (const directory of ["run", "results", "artifacts"]) await mkdir(path.join(staging, directory));
  const ofArtifacts: FileEntry[] = [];
  for (const ref of artifacts) {
    await symlink(await openArtifact(home, ref), path.join(staging, artifactDirectory(ref.digest)), "dir");
    ofArtifacts.push(...(await filesOf(home, ref)));
  }
  const texts: [name: string, text: string][] = [
    [
      provenanceName,
      `${JSON.stringify(provenanceOf({ record, plan, results, files: ofArtifacts, version }), null, 1)}\n`,
    ],
    [runFiles.definition, definition],
    [runFiles.plan, sealed({ runId: record.runId, plan })],
    [runFiles.record, sealed(record)],
    ...results.map((result): [string, string] => [resultName(result.key), sealed(result)]),
  ];
  const files: FileEntry[] = [];
  for (const [name, text] of texts) {
    const file = path.join(staging, name);
    await writeFile(file, text);
    files.push({ path: name, ...(await fileDigest(file)) });
  }
  const index: RunFileIndex = {
    ...{ format: 1, runId: record.runId, pipeline: record.pipeline },
    ...{ results: results.map(({ key }) => key), artifacts, files: [...files, ...ofArtifacts] },
  };
  await writeFile(path.join(staging, indexName), sealed(index));
  return index;
}

async function filesOf(home: string, { digest }: ArtifactRef): Promise<FileEntry[]> {
  const manifest = await stat(path.join(layout.object(home, digest), manifestName));
  const { files } = await readArtifactManifest(home, digest);
  const named = (file: FileEntry): FileEntry => ({ ...file, path: `${artifactDirectory(digest)}/${file.path}` });
  return [{ path: manifestName, size: manifest.size, sha256: digest }, ...files].map(named);
}

/** Packs files of a directory: under a temporary name beside the file first. */
async function pack(directory: string, names: string[], file: string): Promise<number> {
  const beside = `.${path.basename(file)}.`;
  await removeAbandoned(path.dirname(file), beside);
  const temporary = path.join(path.dirname(file), `${beside}${ownName("export")}`);
  try {
    // Weights hardly shrink: fast compression loses little.
    const packed = create({ cwd: directory, follow: true, portable: true, mtime: new Date(0), strict: true }, names);
    await pipeline(
      packed,
      createGzip({ level: constants.Z_BEST_SPEED }),
      createWriteStream(temporary, { flags: "wx" }),
    );
    const handle = await open(temporary, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    const { size } = await stat(temporary);
    await rename(temporary, file);
    await syncDirectory(path.dirname(file));
    return size;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** What exports to this file left that were killed. */
async function removeAbandoned(directory: string, beginning: string): Promise<void> {
  for (const name of namesIn(directory).filter((name) => name.startsWith(beginning)))
    if (await isAbandoned(name.slice(beginning.length), path.join(directory, name)))
      await rm(path.join(directory, name), { force: true });
}

const unique = (refs: readonly ArtifactRef[]): ArtifactRef[] => [
  ...new Map(refs.map(({ artifact, digest }) => [digest, { artifact, digest }])).values(),
];

function fileExists(file: string): PawlError {
  return new PawlError("NOT_ALLOWED", "the file exists, and an export replaces no file", {
    where: file,
    next: "remove it, or name another file with --to",
  });
}
