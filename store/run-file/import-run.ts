import { readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { canonicalJson } from "../../platform/text/canonical-json.js";
import { sha256 } from "../../platform/digests.js";
import { PawlError } from "../../platform/errors.js";
import { isObject, shortText, type Json } from "../../platform/json.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import type { Plan } from "../../schemas/plan.js";
import { isOver, type StageState } from "../../schemas/run.js";
import { hasArtifacts, restoreArtifact } from "../artifacts/artifacts.js";
import { storeError } from "../errors.js";
import { exists } from "../files.js";
import { layout } from "../home.js";
import { storeId } from "../ownership/identity.js";
import { manifestName } from "../artifacts/manifest.js";
import { writeText } from "../records/records.js";
import { findResult, recordResult, stageKey } from "../records/results.js";
import { findDefinition, findPlan, findRecord, saveDefinition, savePlan, saveRecord } from "../records/runs.js";
import { unsealed } from "../records/seal.js";
import { recordKinds } from "../records/shapes.js";
import { temporaryDirectory } from "../temporary.js";
import {
  artifactDirectory,
  invalid,
  provenanceName,
  resultName,
  runDirectory,
  runFiles,
  type RunFileIndex,
} from "./format.js";
import { portablePlan, portableRecord } from "./portable.js";
import { unpack } from "./unpack.js";
import type { ResultRecord, PlanRecord, RunRecord } from "../records/record-types.js";

export interface ImportRequest {
  /** Absolute. */
  file: string;
  /** The run's project directory on this machine. */
  project: string;
  /** Another id for the run. */
  id?: string;
}

export interface ImportedRun {
  runId: string;
  pipeline: string;
  artifacts: ArtifactRef[];
  /** Keys of results that are in the store now, with all their artifacts. */
  results: string[];
  /** The runs of child pipelines that came with it. */
  children: string[];
}

/**
 * Takes a run from a file that `exportRun` wrote into the store: its artifacts and results, and
 * last the run itself. Every digest is checked before anything is taken. Killed midway, it leaves
 * artifacts and results that are whole; the next import completes it. What the store has of the run
 * is never changed, with its grant if it was started here; a run that comes new gets no grant: what
 * it may do is decided when somebody forks it here.
 * @throws PawlError RUN_FILE_INVALID, PATH_TRAVERSAL; NOT_ALLOWED if a run that differs has its id;
 *   DISK_FULL, STORE_UNREADABLE
 */
export async function importRun(home: string, request: ImportRequest): Promise<ImportedRun> {
  const directory = await temporaryDirectory(home, "import");
  try {
    const index = await unpack(request.file, directory);
    const provenance = await readFile(path.join(directory, provenanceName), "utf8");
    refuseOtherSubjects(provenance, index, request.file);
    const ids = [index.runId, ...(index.children ?? [])];
    const runs = await Promise.all(
      ids.map((id, i) => readRun(path.join(directory, runDirectory(i)), { index, id, request })),
    );
    for (const run of runs) await refuseOther(home, run);
    const results = await readResults(directory, index, request.file);
    for (const ref of index.artifacts) await takeArtifact(home, directory, ref, request.file);
    const taken = await takeResults(home, results);
    const [{ runId }, ...children] = runs.map(({ record }) => record) as [RunRecord, ...RunRecord[]];
    const ofProvenance = path.join(layout.run(home, runId), provenanceName);
    if (!exists(ofProvenance)) await writeText(home, ofProvenance, provenance);
    for (const run of runs.toReversed()) await takeRun(home, run);
    const { pipeline, artifacts } = index;
    return { runId, pipeline, artifacts, results: taken, children: children.map((child) => child.runId) };
  } catch (error) {
    throw storeError(error, home);
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

interface UnpackedRun {
  record: RunRecord;
  plan: Plan;
  definition: string;
}

/**
 * @param directory of the files of the run, or of the run of a child
 * @param run its id, by the index
 */
async function readRun(
  directory: string,
  { index, id, request }: { index: RunFileIndex; id: string; request: ImportRequest },
): Promise<UnpackedRun> {
  const read = (name: string): Promise<string> => readFile(path.join(directory, name), "utf8");
  const [planned, recorded] = [unsealed(await read(runFiles.plan)), unsealed(await read(runFiles.record))];
  const validated = <T>(
    found: object | undefined,
    isValid: (value: object) => value is T & object,
    name: string,
  ): T => {
    if (found !== undefined && isValid(found)) return found;
    throw unusable(request.file, name, found);
  };
  const { runId, plan } = validated<PlanRecord>(planned, recordKinds.plan.isValid, runFiles.plan);
  const record = portableRecord(validated<RunRecord>(recorded, recordKinds.run.isValid, runFiles.record));
  const definition = await read(runFiles.definition);
  const isChild = id.startsWith(`${index.runId}.`);
  if (runId !== id || record.runId !== id || !(id === index.runId || isChild))
    throw invalid(request.file, `it holds the run ${shortText(record.runId)} as ${shortText(id)}`);
  if (!isOver(record.status)) throw invalid(request.file, `the run ${id} has not ended: it is ${record.status}`);
  if (sha256(definition) !== plan.definitionDigest)
    throw invalid(request.file, `${runFiles.definition} of ${id} is not what ${runFiles.plan} was made from`);
  // The id of a child begins with that of its parent.
  const importedId = (id: string): string => (request.id ?? index.runId) + id.slice(index.runId.length);
  const { parent } = record;
  return {
    record: {
      ...{ ...record, runId: importedId(record.runId), stages: record.stages.map((stage) => ofRun(stage, importedId)) },
      ...(parent && { parent: { ...parent, run: importedId(parent.run) } }),
    },
    plan: { ...portablePlan(plan), project: request.project },
    definition,
  };
}

/** @param record undefined if its seal is wrong */
function unusable(file: string, name: string, record: object | undefined): PawlError {
  return invalid(file, record === undefined ? `${name} is damaged` : `${name} has the form of another version of Pawl`);
}

/** A stage with the id that its child has here. */
const ofRun = ({ child, ...stage }: StageState, importedId: (id: string) => string): StageState => ({
  ...stage,
  ...(child && { child: { ...child, run: importedId(child.run) } }),
});

/** Adds what the store lacks of a run. */
async function takeRun(home: string, { record, plan, definition }: UnpackedRun): Promise<void> {
  const { runId } = record;
  if ((await findPlan(home, runId)) === undefined) await savePlan(home, runId, plan, definition);
  else if ((await findDefinition(home, runId)) === undefined) await saveDefinition(home, runId, definition);
  if ((await findRecord(home, runId)) === undefined)
    await saveRecord(home, { ...record, plan, store: await storeId(home) });
}

/** The provenance names exactly the artifacts' files. */
function refuseOtherSubjects(text: string, { files }: RunFileIndex, file: string): void {
  const listed = files.filter((entry) => entry.path.startsWith("artifacts/"));
  const subjects = readSubjects(text);
  if (subjects?.size !== listed.length || listed.some(({ path, sha256 }) => subjects.get(path) !== sha256))
    throw invalid(file, `${provenanceName} is not about its artifacts`);
}

function readSubjects(text: string): Map<string, unknown> | undefined {
  try {
    const { subject } = JSON.parse(text) as { subject?: Json };
    if (!Array.isArray(subject)) return undefined;
    const named = subject.filter(isObject).filter(({ name }) => typeof name === "string");
    return new Map(named.map(({ name, digest }) => [name as string, isObject(digest) ? digest["sha256"] : undefined]));
  } catch {
    return undefined;
  }
}

/**
 * The same run may be imported again: what the store has of it equals what the file holds. Another
 * one with its id stays.
 */
async function refuseOther(home: string, { record, plan }: UnpackedRun): Promise<void> {
  const { runId } = record;
  const [knownPlan, known] = [await findPlan(home, runId), await findRecord(home, runId)];
  const isSamePlan = knownPlan === undefined || isEqual(portablePlan(knownPlan), portablePlan(plan));
  const isSameRun = known === undefined || isEqual(portableRecord(known), portableRecord(record));
  if (isSamePlan && isSameRun) return;
  throw new PawlError("NOT_ALLOWED", `the store has another run ${runId}, or another state of it`, {
    where: layout.run(home, runId),
    next: "give the imported run another id with --id",
  });
}

const isEqual = (one: object, other: object): boolean => canonicalJson(one) === canonicalJson(other);

async function readResults(directory: string, { results }: RunFileIndex, file: string): Promise<ResultRecord[]> {
  const read: ResultRecord[] = [];
  for (const key of results) {
    const name = resultName(key);
    const found = unsealed(await readFile(path.join(directory, name), "utf8"));
    if (found === undefined || !recordKinds.result.isValid(found)) throw unusable(file, name, found);
    if (found.key !== key || stageKey(found) !== key) throw invalid(file, `${name} is the result of another key`);
    read.push(found);
  }
  return read;
}

/** Moves an artifact's files into the store; one that exists stays. */
async function takeArtifact(home: string, directory: string, ref: ArtifactRef, file: string): Promise<void> {
  const from = path.join(directory, artifactDirectory(ref.digest));
  await rm(path.join(from, manifestName));
  const isRestored = await restoreArtifact(home, ref, async (to) => {
    await rm(to, { recursive: true });
    await rename(from, to);
  });
  if (!isRestored)
    throw invalid(file, `the files of ${ref.artifact} ${ref.digest.slice(0, 12)} are not those of its manifest`);
}

/** @returns the keys whose results a run can take from the cache now */
async function takeResults(home: string, results: readonly ResultRecord[]): Promise<string[]> {
  const taken: string[] = [];
  for (const result of results) {
    const known = await findResult(home, result.key);
    if (known === undefined) await recordResult(home, result);
    if (known !== undefined || hasArtifacts(home, result.outputs)) taken.push(result.key);
  }
  return taken;
}
