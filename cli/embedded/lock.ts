import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { identify, lives, type ProcessIdentity } from "../../platform/process-identity.js";

const lockFile = (home: string): string => path.join(home, "up.lock");

/** Who runs the embedded server of a home folder, if anyone alive does. */
export async function holder(home: string): Promise<ProcessIdentity | undefined> {
  const found = await readHolder(lockFile(home));
  return found !== undefined && lives(found) ? found : undefined;
}

/** Makes this process the one that runs the embedded server. Returns how to give that up; undefined when another is. */
export async function claim(home: string): Promise<(() => Promise<void>) | undefined> {
  await mkdir(home, { recursive: true });
  const mine = path.join(home, `up.lock.${process.pid}.${randomUUID()}`);
  await writeFile(mine, JSON.stringify(identify(process.pid)));
  try {
    while (!(await linked(mine, lockFile(home)))) {
      if (await holder(home)) return undefined;
      await breakStale(home);
    }
    return () => rm(lockFile(home), { force: true });
  } finally {
    await rm(mine, { force: true });
  }
}

/** A link with content appears in one step, where creating and then writing would show an empty lock in between. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Moves a dead holder's lock away; puts it back should it be a living one's that came in between. */
async function breakStale(home: string): Promise<void> {
  const grave = path.join(home, `up.lock.stale.${randomUUID()}`);
  try {
    await rename(lockFile(home), grave);
    const found = await readHolder(grave);
    if (found !== undefined && lives(found)) await linked(grave, lockFile(home));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  } finally {
    await rm(grave, { force: true });
  }
}

async function readHolder(file: string): Promise<ProcessIdentity | undefined> {
  try {
    const value = JSON.parse(await readFile(file, "utf8")) as Partial<ProcessIdentity> | null;
    return typeof value?.pid === "number" ? (value as ProcessIdentity) : undefined;
  } catch {
    return undefined;
  }
}
