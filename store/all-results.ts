import path from "node:path";
import { mapBounded } from "../platform/map-bounded.js";
import { storeError } from "./errors.js";
import { layout } from "./home.js";
import { readRecord, type OnDamaged } from "./records.js";
import type { ResultRecord } from "./results.js";
import { recordKinds } from "./shapes.js";
import { namesIn } from "./temporary.js";

/** Results read at the same time. */
const filesAtOnce = 16;

/** Every result of the store. @throws PawlError STORE_UNREADABLE */
export async function allResults(home: string, onDamaged?: OnDamaged): Promise<ResultRecord[]> {
  const names = await resultNames(home);
  const read = await mapBounded(names, filesAtOnce, async (name) => {
    const file = path.join(layout.results(home), name);
    const result = await readRecord(home, file, recordKinds.result, onDamaged);
    return result !== undefined && layout.result(home, result.key) === file ? [result] : [];
  });
  return read.flat();
}

async function resultNames(home: string): Promise<string[]> {
  try {
    return namesIn(layout.results(home));
  } catch (error) {
    throw storeError(error, home);
  }
}
