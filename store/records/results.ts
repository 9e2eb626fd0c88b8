import { hasArtifacts, useArtifacts } from "../artifacts/artifacts.js";
import { sha256 } from "../../platform/digests.js";
import { canonicalJson } from "../../platform/text/canonical-json.js";
import { storeError } from "../errors.js";
import { layout } from "../home.js";
import { readRecord, replaceRecord, type OnDamaged } from "./records.js";
import { recordKinds } from "./shapes.js";
import { touch } from "../touch.js";
import type { StageIdentity, ResultRecord } from "./record-types.js";

/** The key of a stage: equal keys, equal results. */
export function stageKey(identity: StageIdentity): string {
  return sha256(canonicalJson(pickIdentity(identity)));
}

/** Picks the fields of the identity from a larger object. */
export function pickIdentity({ uses, version, with: settings, seed, compute, source, libraries }: StageIdentity) {
  return { uses, version, with: settings, seed, compute, source, ...(libraries && { libraries }) };
}

/**
 * Records the result of a key, replacing an earlier one; one of another version stays: equal keys,
 * equal results.
 */
export async function recordResult(home: string, record: ResultRecord): Promise<void> {
  await replaceRecord(home, layout.result(home, record.key), recordKinds.result, record);
}

/**
 * Finds the result of a key with all its artifacts in the store. Returns undefined if there is
 * none, if it is older than `maxAgeMs`, or if its record is damaged.
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

/**
 * Age of a result, ms, by the clock of this machine: negative if the clock of the one that recorded
 * it was ahead.
 */
export function resultAgeMs({ lineage }: ResultRecord): number {
  return Date.now() - Date.parse(lineage.endedAt);
}

/**
 * Reads the result of a key, whether or not its artifacts still exist. Returns undefined if there
 * is none or its record is damaged.
 */
export async function recordedResult(
  home: string,
  key: string,
  onDamaged?: OnDamaged,
): Promise<ResultRecord | undefined> {
  const record = await readRecord(home, layout.result(home, key), recordKinds.result, onDamaged);
  return record !== undefined && record.key === key && stageKey(record) === key ? record : undefined;
}

/**
 * The same as `findResult`, and marks the result and its artifacts as used: `gc` then keeps them.
 */
export async function useResult(...query: Parameters<typeof findResult>): Promise<ResultRecord | undefined> {
  const found = await findResult(...query);
  if (found === undefined) return undefined;
  const [home, key] = query;
  const isThere = touch(layout.result(home, key)) && useArtifacts(home, Object.values(found.outputs));
  return isThere ? found : undefined;
}
