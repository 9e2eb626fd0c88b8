import { canonicalJson } from "../../platform/text/canonical-json.js";
import { layout } from "../home.js";
import { OtherVersion, readAnyRecord, readRecord, writeRecord } from "./records.js";
import { pickIdentity } from "./results.js";
import { recordKinds } from "./shapes.js";
import type { StageIdentity, LatestRecord } from "./record-types.js";

/**
 * Remembers the last identity of a stage of a pipeline, so that `plan` can say what has changed
 * since. Most attempts have the one before: it is not written again.
 */
export async function recordLatest(home: string, pipeline: string, stage: string, now: StageIdentity): Promise<void> {
  const record: LatestRecord = { pipeline, stage, identity: pickIdentity(now) };
  const file = layout.latest(home, pipeline, stage);
  const known = await readAnyRecord(home, file, recordKinds.latest);
  if (known instanceof OtherVersion) return;
  if (known === undefined || canonicalJson(known) !== canonicalJson(record)) await writeRecord(home, file, record);
}

/**
 * The identity that a stage of a pipeline had when it last succeeded; undefined if it never did.
 */
export async function findLatest(home: string, pipeline: string, stage: string): Promise<StageIdentity | undefined> {
  const found = await readRecord(home, layout.latest(home, pipeline, stage), recordKinds.latest);
  return found?.pipeline === pipeline && found.stage === stage ? found.identity : undefined;
}
