import type { JsonObject } from "../../platform/json.js";
import { isObject } from "../../platform/json.js";
import type { TableSource } from "../../schemas/stages/table-source.js";
import { queriedFingerprint } from "../dataset/fingerprint.js";

/** What the files of a stage's tables hold now, for its key; null where it names none. */
export async function tablesFingerprint(settings: JsonObject, workingFolder: string): Promise<string | null> {
  const named = Object.entries(settings).filter(
    ([, value]) =>
      isObject(value) && (value["file"] !== undefined || value["package"] !== undefined || isObject(value["query"])),
  );
  if (named.length === 0) return null;
  const prints = named.map(async ([key, value]) => {
    const source = value as unknown as TableSource;
    return [key, await queriedFingerprint(source, source.query, workingFolder)];
  });
  return JSON.stringify(await Promise.all(prints));
}
