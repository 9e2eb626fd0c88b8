import type { JsonObject } from "../platform/json.js";
import type { StageResult } from "../schemas/run.js";
import type { StageType } from "../schemas/stages/index.js";
import { hasArtifacts, useArtifacts } from "./artifacts.js";
import { sha256 } from "../platform/digests.js";
import { canonicalJson } from "../platform/canonical-json.js";
import { storeError } from "./errors.js";
import { layout } from "./home.js";
import { readRecord, replaceRecord, type OnDamaged } from "./records.js";
import { recordKinds } from "./shapes.js";
import { touch } from "./touch.js";

/** Everything a stage's result depends on. Artifacts appear in `with` by digest. */
export interface StageIdentity {
  uses: StageType;
  /** The stage type's code version. */
  version: number;
  /** Resolved, checked, without the fields that equal their defaults: a new field with a default changes no key. */
  with: JsonObject;
  seed: number;
  /** Compute flags and device kind, for stages that compute with tensors; else null. */
  compute: string | null;
  /** Fingerprint of the stage's inputs that are neither settings nor artifacts (a file, a package); null if there are none. */
  source: string | null;
  /** Versions of the libraries that can change its result, by name; absent if it uses none. */
  libraries?: Record<string, string>;
}

/** Where a result comes from; not part of any digest. */
export interface Lineage {
  runId: string;
  stage: string;
  /** ISO 8601. */
  startedAt: string;
  endedAt: string;
  machine: string;
  /** Facts that can change bits and are not part of the key. */
  hardware?: Hardware;
}

/** The hardware by which libraries choose their kernels. */
export interface Hardware {
  /** Architecture and the instruction sets that matter: "x64 avx2 fma". */
  processor: string;
  /** Model of the GPU that a stage computed on. */
  gpu?: string;
}

export interface ResultRecord extends StageIdentity, StageResult {
  key: string;
  lineage: Lineage;
  /** Steps in its metrics history: a reader notices when some are missing. Absent in records of earlier builds. */
  steps?: number;
}

/** The key of a stage: equal keys, equal results. */
export function stageKey(identity: StageIdentity): string {
  return sha256(canonicalJson(identityOf(identity)));
}

/** Only the identity of an object that contains it. */
export function identityOf({ uses, version, with: settings, seed, compute, source, libraries }: StageIdentity) {
  return { uses, version, with: settings, seed, compute, source, ...(libraries && { libraries }) };
}

/** Records the result of a key, replacing an earlier one; one of another version stays: equal keys, equal results. */
export async function recordResult(home: string, record: ResultRecord): Promise<void> {
  await replaceRecord(home, layout.result(home, record.key), recordKinds.result, record);
}

/**
 * The result of a key whose artifacts are all in the store; undefined if there is none, if it is older than
 * `maxAgeMs`, or if its record is damaged.
 */
export async function findResult(
  home: string,
  key: string,
  maxAgeMs = Infinity,
  onDamaged?: OnDamaged,
): Promise<ResultRecord | undefined> {
  const record = await recordedResult(home, key, onDamaged);
  if (record === undefined) return undefined;
  if (resultAgeMs(record) > maxAgeMs) return undefined;
  try {
    return hasArtifacts(home, record.outputs) ? record : undefined;
  } catch (error) {
    throw storeError(error, home);
  }
}

/** Age of a result, ms, by the clock of this machine: negative if the clock of the one that recorded it was ahead. */
export function resultAgeMs({ lineage }: ResultRecord): number {
  return Date.now() - Date.parse(lineage.endedAt);
}

/** The result of a key, whether or not its artifacts still exist; undefined if there is none, or its record is damaged. */
export async function recordedResult(
  home: string,
  key: string,
  onDamaged?: OnDamaged,
): Promise<ResultRecord | undefined> {
  const record = await readRecord(home, layout.result(home, key), recordKinds.result, onDamaged);
  return record !== undefined && record.key === key && stageKey(record) === key ? record : undefined;
}

/** The same as `findResult`, and marks the result and its artifacts as used: `gc` then keeps them. */
export async function useResult(...query: Parameters<typeof findResult>): Promise<ResultRecord | undefined> {
  const found = await findResult(...query);
  if (found === undefined) return undefined;
  const [home, key] = query;
  const isThere = touch(layout.result(home, key)) && useArtifacts(home, Object.values(found.outputs));
  return isThere ? found : undefined;
}
