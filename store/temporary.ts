import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { isAlive } from "../platform/process-identity.js";
import { isMissing } from "./errors.js";
import { makeFolder } from "./files.js";
import { layout } from "./home.js";

/** Distinguishes this process from an earlier one with the same process id (containers reuse them). */
const thisProcess = randomUUID().slice(0, 8);
const thisHost = hostname().replace(/[^A-Za-z0-9-]/g, "-");
/** Leftovers of other machines, whose processes cannot be asked, are taken for dead after this age. */
const abandonedAfterMs = 24 * 60 * 60 * 1000;

/** What a temporary folder is for: the end of its name, so that one can see what was under way. */
export type TemporaryPurpose = "artifact" | "checkpoint" | "removal";

/** An empty folder in the store's own file system, so that a rename moves it into place. */
export async function temporaryFolder(home: string, purpose: TemporaryPurpose): Promise<string> {
  await makeFolder(layout.temporary(home));
  const name = `${thisHost}.${process.pid}.${thisProcess}.${randomUUID().slice(0, 8)}.${purpose}`;
  const folder = path.join(layout.temporary(home), name);
  await mkdir(folder);
  return folder;
}

/** Removes what processes that no longer live have left in the temporary folder. */
export async function removeLeftovers(home: string): Promise<void> {
  for (const name of await namesIn(layout.temporary(home))) {
    const entry = path.join(layout.temporary(home), name);
    if (await isAbandoned(name, entry)) await rm(entry, { recursive: true, force: true });
  }
}

async function isAbandoned(name: string, entry: string): Promise<boolean> {
  const [host, pid, token] = name.split(".");
  if (host === thisHost && Number(pid) === process.pid) return token !== thisProcess;
  if (host === thisHost && !isAlive(Number(pid))) return true;
  try {
    return Date.now() - (await stat(entry)).mtimeMs > abandonedAfterMs;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Names in a folder; none when it does not exist. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
