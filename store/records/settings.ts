import path from "node:path";
import { sha256 } from "../../platform/digests.js";
import type { JsonObject } from "../../platform/json.js";
import { storeError } from "../errors.js";
import { writeFileWhole } from "../files.js";
import { layout } from "../home.js";
import { readChecked } from "./records.js";
import { temporaryName } from "../temporary.js";

const settingsFile = (home: string, runId: string, digest: string): string =>
  path.join(layout.run(home, runId), "settings", `${digest}.json`);

/**
 * Keeps settings of a stage that are too large for workflow history.
 * @returns their digest: SHA-256 (hex) of their JSON
 * @throws PawlError DISK_FULL, STORE_UNREADABLE
 */
export async function saveSettings(home: string, runId: string, settings: JsonObject): Promise<string> {
  const text = JSON.stringify(settings);
  const digest = sha256(text);
  try {
    await writeFileWhole(settingsFile(home, runId, digest), text, await temporaryName(home, "record"));
  } catch (error) {
    throw storeError(error, home);
  }
  return digest;
}

/**
 * The settings with this digest; undefined if there are none, or damaged ones.
 * @throws PawlError STORE_UNREADABLE
 */
export function findSettings(home: string, runId: string, digest: string): Promise<JsonObject | undefined> {
  return readChecked(home, settingsFile(home, runId, digest), { of: "settings of a stage" }, undefined, (text) =>
    sha256(text) === digest ? (JSON.parse(text) as JsonObject) : undefined,
  );
}
