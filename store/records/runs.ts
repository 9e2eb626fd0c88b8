import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { sha256 } from "../../platform/digests.js";
import { mapBounded } from "../../platform/map-bounded.js";
import type { Plan } from "../../schemas/plan.js";
import { PawlError } from "../../platform/errors.js";
import { isOver, type ParentStage } from "../../schemas/run.js";
import { ofOtherVersion, storeError } from "../errors.js";
import { layout, safeName } from "../home.js";
import {
  OtherVersion,
  readAnyRecord,
  readChecked,
  readRecord,
  writeRecord,
  writeText,
  type RecordKind,
} from "./records.js";
import { recordKinds } from "./shapes.js";
import { namesIn } from "../temporary.js";
import type { PlanRecord, RunRecord } from "./record-types.js";

/** Records read at the same time. */
const filesAtOnce = 16;

const definitionFile = (home: string, runId: string): string => path.join(layout.run(home, runId), "pipeline.yaml");
/** The record of a run's plan. */
export const planFile = (home: string, runId: string): string => path.join(layout.run(home, runId), "plan.json");
const recordFile = (home: string, runId: string): string => path.join(layout.run(home, runId), "record.json");

/**
 * Keeps a run's own copy of its definition and plan: editing the file later changes nothing.
 * @throws PawlError OTHER_VERSION, DISK_FULL, STORE_UNREADABLE
 */
export async function savePlan(
  home: string,
  runId: string,
  plan: Plan,
  definition: string,
  parent?: ParentStage,
): Promise<void> {
  for (const check of [findPlan, findRecord]) await check(home, runId);
  await saveDefinition(home, runId, definition);
  await writeRecord(home, planFile(home, runId), { runId, plan, ...(parent && { parent }) } satisfies PlanRecord);
}

/**
 * The stage that a run is, if it is a child, as the stage itself has recorded it before the run
 * began; in runs of earlier versions, as the run's record has it.
 * @throws PawlError as `findRecord`
 */
export async function findParent(home: string, runId: string): Promise<ParentStage | undefined> {
  const planned = await readKnown(home, planFile(home, runId), recordKinds.plan, runId);
  if (planned?.runId === runId && planned.parent !== undefined) return planned.parent;
  const record = await findRecord(home, runId);
  return record?.execution === undefined ? record?.parent : undefined;
}

/** Writes only the definition, for a run whose plan exists. */
export async function saveDefinition(home: string, runId: string, definition: string): Promise<void> {
  await writeText(home, definitionFile(home, runId), definition);
}

/**
 * A run's plan; if that record is damaged or missing, the one in its run record.
 * @throws PawlError as `findRecord`
 */
export async function findPlan(home: string, runId: string): Promise<Plan | undefined> {
  const found = await readKnown(home, planFile(home, runId), recordKinds.plan, runId);
  return found?.runId === runId ? found.plan : (await findRecord(home, runId))?.plan;
}

/**
 * The text that a run was started from; undefined if it is missing or not the one that the run's
 * plan was made from.
 */
export async function findDefinition(home: string, runId: string): Promise<string | undefined> {
  const plan = await findPlan(home, runId);
  const isOfPlan = (text: string): string | undefined =>
    plan === undefined || plan.definitionDigest === sha256(text) ? text : undefined;
  const kind = { of: "definition of a run", then: "the run keeps its plan, which was made from it" };
  return readChecked(home, definitionFile(home, runId), kind, undefined, isOfPlan);
}

/** Replaces the record of a run; call `findRecord` first, which refuses one of another version. */
export async function saveRecord(home: string, record: RunRecord): Promise<void> {
  await writeRecord(home, recordFile(home, record.runId), record);
}

/** @throws PawlError OTHER_VERSION if another version wrote the run's record; STORE_UNREADABLE */
export async function findRecord(home: string, runId: string): Promise<RunRecord | undefined> {
  const found = await readKnown(home, recordFile(home, runId), recordKinds.run, runId);
  return found?.runId === runId ? found : undefined;
}

async function readKnown<T extends object>(
  home: string,
  file: string,
  kind: RecordKind<T>,
  runId: string,
): Promise<T | undefined> {
  const found = await readAnyRecord(home, file, kind);
  if (found instanceof OtherVersion) throw ofOtherVersion(`run ${runId}`, file);
  return found;
}

/**
 * Writes a file for people into a run's directory, atomically; nothing reads it, and `gc` removes
 * it with the run.
 * @param name with an extension; the rest may hold any character
 * @returns its absolute path
 * @throws PawlError STORE_UNREADABLE, DISK_FULL
 */
export async function writeRunFile(home: string, runId: string, name: string, text: string): Promise<string> {
  const end = name.lastIndexOf(".");
  const file = path.join(layout.run(home, runId), safeName(name.slice(0, end)) + name.slice(end));
  await writeText(home, file, text);
  return file;
}

/** Every recorded run, newest first. */
export async function listRecords(home: string): Promise<RunRecord[]> {
  const found = await mapBounded(await recordNames(home), filesAtOnce, (name) => recordNamed(home, name));
  const records = found.filter((record) => record !== undefined);
  return records.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}

/**
 * The newest records that are wanted, by when they were last written.
 * @param bounds how many are returned, and read, at most
 */
export async function newestRecords(
  home: string,
  isWanted: (record: RunRecord) => boolean,
  bounds: { most: number; read: number },
): Promise<RunRecord[]> {
  const stamped = await mapBounded(await recordNames(home), filesAtOnce, async (name) => {
    const facts = await stat(path.join(layout.runs(home), name, "record.json")).catch(() => undefined);
    return { name, writtenMs: facts?.mtimeMs ?? 0 };
  });
  const newest = stamped.sort((a, b) => b.writtenMs - a.writtenMs).slice(0, bounds.read);
  const wanted: RunRecord[] = [];
  for (const { name } of newest) {
    const record = await recordNamed(home, name);
    if (record !== undefined && isWanted(record) && wanted.push(record) === bounds.most) break;
  }
  return wanted;
}

/** Records of ended runs that are looked at again by one call of an index, in turn. */
const endedAtOnce = 200;

/**
 * Every recorded run, of which only what has changed since the last call is read again. Each call
 * returns them by the name of their directory, as `summarize` made them. An ended run changes only
 * if it is resumed: a call looks at some of them. A call throws PawlError STORE_UNREADABLE if the
 * directory of the runs no longer exists.
 */
export function recordIndex<T extends Pick<RunRecord, "status">>(
  home: string,
  summarize: (record: RunRecord) => T,
): () => Promise<Map<string, T>> {
  const known = new Map<string, { stamp: string; summary: T | undefined }>();
  let turn = 0;
  return async () => {
    const names = await recordNames(home);
    if (names.length === 0 && known.size > 0 && !existsSync(layout.runs(home))) throw storeGone(home);
    const [from, to] = [turn, turn + endedAtOnce];
    turn = to < names.length ? to : 0;
    const mayChange = (name: string, i: number): boolean => {
      const summary = known.get(name)?.summary;
      return summary === undefined || !isOver(summary.status) || (i >= from && i < to);
    };
    await mapBounded(names.filter(mayChange), filesAtOnce, async (name) => {
      const stamp = await versionStamp(path.join(layout.runs(home), name, "record.json"));
      if (known.get(name)?.stamp === stamp) return;
      const record = stamp === "" ? undefined : await recordNamed(home, name);
      known.set(name, { stamp, summary: record && summarize(record) });
    });
    const present = new Set(names);
    for (const name of known.keys()) if (!present.has(name)) known.delete(name);
    return new Map([...known].flatMap(([name, { summary }]) => (summary === undefined ? [] : [[name, summary]])));
  };
}

const storeGone = (home: string): PawlError =>
  new PawlError("STORE_UNREADABLE", "the directory of the runs no longer exists", {
    where: layout.runs(home),
    next: "check that the disk of PAWL_HOME is mounted; the runs appear again by themselves",
  });

const recordNames = (home: string): Promise<string[]> =>
  guarded(home, () => Promise.resolve(namesIn(layout.runs(home))));

/**
 * Reads the record in a run's directory. Returns undefined if the directory belongs to another run.
 */
async function recordNamed(home: string, name: string): Promise<RunRecord | undefined> {
  const file = path.join(layout.runs(home), name, "record.json");
  const record = await readRecord(home, file, recordKinds.run);
  return record && recordFile(home, record.runId) === file ? record : undefined;
}

/** Changes with each version of a file, which is written anew each time; empty if there is none. */
async function versionStamp(file: string): Promise<string> {
  const facts = await stat(file, { bigint: true }).catch(() => undefined);
  return facts === undefined ? "" : `${facts.ino} ${facts.mtimeNs} ${facts.size}`;
}

async function guarded<T>(home: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeError(error, home);
  }
}
