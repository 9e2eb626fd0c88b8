import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { mkdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { namedProcess, processName, standingOf, type ProcessIdentity } from "../platform/process-identity.js";
import { isMissing } from "./errors.js";
import { makeDirectory } from "./files.js";
import { layout } from "./home.js";

/** Distinguishes this process from an earlier one with the same process id (containers reuse them). */
const thisProcess = randomUUID().slice(0, 8);
/** Leftovers of other machines, whose processes cannot be checked, are removed after this age. */
const abandonedAfterMs = 24 * 60 * 60 * 1000;

/** The purpose of a temporary directory: the end of its name, which shows what was in progress. */
export type TemporaryPurpose = "artifact" | "checkpoint" | "record" | "removal" | "scratch" | "export" | "import";

/** A free name in the store's own file system, so that a rename moves it into place. */
export async function temporaryName(home: string, purpose: TemporaryPurpose): Promise<string> {
  await makeDirectory(layout.temporary(home));
  return path.join(layout.temporary(home), ownName(purpose));
}

/** A new name that identifies its owner; see `isAbandoned`. */
export function ownName(purpose: TemporaryPurpose): string {
  return `${processName()}.${thisProcess}.${randomUUID().slice(0, 8)}.${purpose}`;
}

/** Creates an empty directory of that name. */
export async function temporaryDirectory(home: string, purpose: TemporaryPurpose): Promise<string> {
  const directory = await temporaryName(home, purpose);
  await mkdir(directory);
  return directory;
}

/** A process looks for leftovers at most this often, ms: to look for each artifact would take 4 % of a brief stage's time. */
const lookEveryMs = 1000;
const lookedAt = new Map<string, number>();

/** The same as {@link removeLeftovers}, now and then. */
export async function sometimesRemoveLeftovers(home: string): Promise<void> {
  const now = performance.now();
  if (now - (lookedAt.get(home) ?? -Infinity) < lookEveryMs) return;
  lookedAt.set(home, now);
  await removeLeftovers(home);
}

/** Removes leftovers of processes that no longer live from the temporary directory. */
export async function removeLeftovers(home: string): Promise<void> {
  for (const entry of await leftovers(home)) await rm(entry, { recursive: true, force: true });
}

/** Paths of these leftovers. */
export async function leftovers(home: string): Promise<string[]> {
  const entries = namesIn(layout.temporary(home)).map((name) => path.join(layout.temporary(home), name));
  const abandoned = await Promise.all(entries.map((entry) => isAbandoned(path.basename(entry), entry)));
  return entries.filter((_, i) => abandoned[i]);
}

/** The process that made a name; undefined if the name contains none. */
export function ownerOf(name: string): ProcessIdentity | undefined {
  return namedProcess(name.split(".")[0]!);
}

/** Whether the process that made a name no longer lives, or cannot be checked and has not touched the entry for long. */
export async function isAbandoned(name: string, entry: string): Promise<boolean> {
  const [owner = "", token] = name.split(".");
  if (owner === processName()) return token !== thisProcess;
  const found = ownerOf(name);
  if (found !== undefined && standingOf(found) === "ended") return true;
  try {
    return Date.now() - (await stat(entry)).mtimeMs > abandonedAfterMs;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Names in a directory; none if it does not exist. */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
