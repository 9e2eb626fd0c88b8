import { createWriteStream } from "node:fs";
import { mkdir, open, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";
import { create } from "tar";
import { fileDigest } from "../../platform/digests.js";
import { PawlError } from "../../platform/errors.js";
import { artifactsIn, type ArtifactRef } from "../../schemas/artifact.js";
import { isOver } from "../../schemas/run.js";
import type { Plan } from "../../schemas/plan.js";
import { openArtifact } from "../artifacts/artifacts.js";
import { storeError } from "../errors.js";
import { exists, syncDirectory } from "../files.js";
import { readArtifactManifest } from "../artifacts/find-artifact.js";
import { layout } from "../home.js";
import { manifestName, type FileEntry } from "../artifacts/manifest.js";
import { recordedResult } from "../records/results.js";
import { findDefinition, findPlan, findRecord } from "../records/runs.js";
import { sealed } from "../records/seal.js";
import { isAbandoned, namesIn, ownName, temporaryDirectory } from "../temporary.js";
import {
  artifactDirectory,
  indexName,
  largestIndex,
  maxEntries,
  provenanceName,
  resultName,
  runDirectory,
  runFiles,
  type RunFileIndex,
} from "./format.js";
import { portablePlan, portableRecord } from "./portable.js";
import { createProvenance, type StageResult } from "./provenance.js";
import type { RunRecord } from "../records/record-types.js";

/** A run, and the keys of its stages. */
export interface RunKeys {
  runId: string;
  keys: readonly string[];
}

/** A run that is exported. */
export interface ExportRequest extends RunKeys {
  /** The runs of its child pipelines, and of theirs. */
  children: readonly RunKeys[];
  /** Absolute. */
  file: string;
  /** The artifacts of all stages, not only those of the pipeline's outputs. */
  all: boolean;
  /** The version of Pawl. */
  version: string;
}

export interface ExportedRun {
  bytes: number;
  artifacts: ArtifactRef[];
  results: string[];
  /** Whether it holds the artifacts of all stages. */
  all: boolean;
  /** The runs of child pipelines that it holds. */
  children: string[];
}

/**
 * The runs of child pipelines that a run has started, and those that these have, as far as the
 * store has them.
 */
export async function childRuns(home: string, runId: string): Promise<string[]> {
  const stages = (await findRecord(home, runId))?.stages ?? [];
  const own = stages.flatMap(({ child }) => (child === undefined ? [] : [child.run]));
  const found = await Promise.all(
    own.map(async (child) => ((await isExportable(home, child)) ? [child, ...(await childRuns(home, child))] : [])),
  );
  return found.flat();
}

async function isExportable(home: string, runId: string): Promise<boolean> {
  const record = await findRecord(home, runId);
  return record !== undefined && isOver(record.status) && Boolean(await findDefinition(home, runId));
}

/**
 * Writes a run as one file: atomically, and the same bytes each time. What holds only on this
 * machine is left out: the grant, the project directory, and which store it was.
 * @throws PawlError DATA_MISSING without definition or record; NOT_ALLOWED if the run has not
 *   ended, or the file exists; OUT_OF_RANGE if it has too many files; ARTIFACT_MISSING,
 *   ARTIFACT_CORRUPT; DISK_FULL, STORE_UNREADABLE
 */
export async function exportRun(home: string, request: ExportRequest): Promise<ExportedRun> {
  const { runId, file } = request;
  const run = await readRun(home, runId);
  const children = await Promise.all(request.children.map((child) => readRun(home, child.runId)));
  if (exists(file)) throw fileExists(file);
  const outputs = artifactsIn(Object.values(run.record.outputs));
  const all = request.all || outputs.length === 0;
  const stages = [run, ...children].flatMap(({ record }) => record.stages);
  const artifacts = unique(all ? stages.flatMap((one) => Object.values(one.outputs)) : outputs);
  const results = await readResults(home, request);
  const staging = await temporaryDirectory(home, "export");
  try {
    const index = await stage(home, staging, { ...run, children, artifacts, results, version: request.version });
    const bytes = await pack(staging, [indexName, ...index.files.map((entry) => entry.path)], file);
    return { bytes, artifacts, results: index.results, all, children: index.children ?? [] };
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
  if (!isOver(record.status))
    throw new PawlError("NOT_ALLOWED", `run ${runId} cannot be exported: it has not ended`, {
      expected: "a run that succeeded, failed or was canceled",
      got: record.status,
      next: `pawl watch ${runId}, or pawl cancel ${runId}`,
    });
  const ownPlan = portablePlan(plan);
  return { plan: ownPlan, record: { ...portableRecord(record), plan: ownPlan }, definition };
}

/**
 * The results of a run and its children by key, in the order of the keys; each with the stage that
 * has it.
 */
async function readResults(home: string, { runId, keys, children }: ExportRequest): Promise<StageResult[]> {
  const stages = new Map<string, string>();
  for (const child of children.toReversed())
    for (const key of child.keys) stages.set(key, `${child.runId.slice(runId.length + 1)}.`);
  for (const key of keys) stages.set(key, "");
  const found = await Promise.all(
    [...stages]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(async ([key, child]) => {
        const result = await recordedResult(home, key);
        return result && { stage: child + result.lineage.stage, result };
      }),
  );
  return found.filter((one) => one !== undefined);
}

/** Fills a directory with everything that the file holds; artifacts are links to the store. */
async function stage(
  home: string,
  staging: string,
  run: WholeRun & { children: WholeRun[]; artifacts: ArtifactRef[]; results: StageResult[]; version: string },
): Promise<RunFileIndex> {
  const { record, plan, children, artifacts, results, version } = run;
  const runs = [run, ...children].map((one, i): [string, WholeRun] => [runDirectory(i), one]);
  for (const directory of [...runs.map(([name]) => name), "results", "artifacts"])
    await mkdir(path.join(staging, directory), { recursive: true });
  const ofArtifacts: FileEntry[] = [];
  for (const ref of artifacts) {
    await symlink(await openArtifact(home, ref), path.join(staging, artifactDirectory(ref.digest)), "dir");
    ofArtifacts.push(...(await listFiles(home, ref)));
  }
  const texts: [name: string, text: string][] = [
    [
      provenanceName,
      `${JSON.stringify(createProvenance({ record, plan, results, files: ofArtifacts, version }), null, 1)}\n`,
    ],
    ...runs.flatMap(([directory, one]): [string, string][] => [
      [`${directory}/${runFiles.definition}`, one.definition],
      [`${directory}/${runFiles.plan}`, sealed({ runId: one.record.runId, plan: one.plan })],
      [`${directory}/${runFiles.record}`, sealed(one.record)],
    ]),
    ...results.map(({ result }): [string, string] => [resultName(result.key), sealed(result)]),
  ];
  const files: FileEntry[] = [];
  for (const [name, text] of texts) {
    const file = path.join(staging, name);
    await writeFile(file, text);
    files.push({ path: name, ...(await fileDigest(file)) });
  }
  const index: RunFileIndex = {
    ...{ format: 1, runId: record.runId, pipeline: record.pipeline },
    ...(children.length > 0 && { children: children.map((child) => child.record.runId) }),
    ...{ results: results.map(({ result }) => result.key), artifacts, files: [...files, ...ofArtifacts] },
  };
  const text = sealed(index);
  if (index.files.length > maxEntries || text.length > largestIndex) throw tooMany(record.runId, index.files.length);
  await writeFile(path.join(staging, indexName), text);
  return index;
}

async function listFiles(home: string, { digest }: ArtifactRef): Promise<FileEntry[]> {
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

function tooMany(runId: string, files: number): PawlError {
  return new PawlError("OUT_OF_RANGE", `run ${runId} has too many files for one run file`, {
    expected: `at most ${maxEntries} files, with an index of at most ${largestIndex} bytes`,
    got: `${files} files`,
    next: "export it without --all, or name fewer artifacts in the outputs of its pipeline",
  });
}

function fileExists(file: string): PawlError {
  return new PawlError("NOT_ALLOWED", "the file exists, and an export replaces no file", {
    where: file,
    next: "remove it, or name another file with --to",
  });
}
