import path from "node:path";
import { mapBounded } from "../../platform/map-bounded.js";
import { storeError } from "../errors.js";
import { layout } from "../home.js";
import { OtherVersion, readAnyRecord, type OnDamaged } from "./records.js";
import { recordKinds } from "./shapes.js";
import { namesIn } from "../temporary.js";
import type { ResultRecord } from "./record-types.js";

/** Results read at the same time. */
const filesAtOnce = 16;

/** Every result of the store that this version can read. @throws PawlError STORE_UNREADABLE */
export async function allResults(home: string, onDamaged?: OnDamaged): Promise<ResultRecord[]> {
  return (await sortedResults(home, onDamaged)).results;
}

/** The same, and the files of the results of other versions. */
export async function sortedResults(
  home: string,
  onDamaged?: OnDamaged,
): Promise<{ results: ResultRecord[]; ofOtherVersions: string[] }> {
  const ofOtherVersions: string[] = [];
  const results = await mapBounded(await resultNames(home), filesAtOnce, async (name) => {
    const file = path.join(layout.results(home), name);
    const result = await readAnyRecord(home, file, recordKinds.result, onDamaged);
    if (result instanceof OtherVersion) ofOtherVersions.push(file);
    else if (result !== undefined && layout.result(home, result.key) === file) return [result];
    return [];
  });
  return { results: results.flat(), ofOtherVersions };
}

async function resultNames(home: string): Promise<string[]> {
  try {
    return namesIn(layout.results(home));
  } catch (error) {
    throw storeError(error, home);
  }
}
