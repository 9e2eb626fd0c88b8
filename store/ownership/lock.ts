import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  identify,
  readIdentity,
  processStanding,
  type ProcessIdentity,
} from "../../platform/processes/process-identity.js";
import { pause } from "../../platform/processes/pause.js";

/**
 * The process that holds a lock. A holder on this machine is checked by its process. A holder on
 * another machine or container cannot be checked: it holds the lock for as long as it renews it.
 */
interface Holder extends ProcessIdentity {
  nonce: string;
  /** Whether it has released the lock. */
  released?: boolean;
}

/** A lock that this process holds. */
export interface Claim {
  heldBy?: undefined;
  /**
   * Aborted when another machine has taken the lock over: this process was stopped for longer than
   * its lease.
   */
  lost: AbortSignal;
  release(): Promise<void>;
}

/** A lock that a process of another machine or container holds. */
export interface HeldElsewhere {
  heldBy: ProcessIdentity;
}

export interface Lease {
  /** How often a holder renews the lock, ms. */
  renewMs: number;
  /**
   * A lock of another machine that is watched for this long, ms, without a renewal no longer has a
   * holder.
   */
  expiresMs: number;
}

const usualLease: Lease = { renewMs: 5000, expiresMs: 30_000 };
const lookEveryMs = 250;

/**
 * A lock is a directory of numbered files; the file with the highest number names the holder. To
 * take the lock over from a holder that has ended, a process creates the next number, which only
 * one process can do. Only its owner moves or overwrites a file. The highest number only grows: a
 * released lock keeps its file, marked as released.
 */
const lockFile = (directory: string, number: number): string => path.join(directory, String(number));

/** The living process of this machine that holds a lock, if the lock can be read. */
export async function lockHolder(directory: string): Promise<ProcessIdentity | undefined> {
  const found = await newest(directory).then(
    (now) => now.found,
    () => undefined,
  );
  return found !== undefined && processStanding(found) === "lives" ? found : undefined;
}

/**
 * Whether the last holder of a lock, a process of this machine, has died: it did not release the
 * lock.
 */
export async function isAbandoned(directory: string): Promise<boolean> {
  const { found } = await newest(directory).catch(() => ({ found: undefined }));
  return found !== undefined && processStanding(found) === "ended";
}

/**
 * Makes this process the holder of a lock; undefined if another process of this machine holds it.
 * @throws system errors
 */
export async function claimLock(directory: string, lease = usualLease): Promise<Claim | HeldElsewhere | undefined> {
  await mkdir(directory, { recursive: true });
  await removeLeftovers(directory);
  const me: Holder = { ...identify(process.pid), nonce: randomUUID() };
  const mine = await writeBeside(directory, me);
  try {
    for (;;) {
      const { number, found } = await newest(directory);
      const standing = found === undefined ? "ended" : processStanding(found);
      if (standing === "lives") return undefined;
      if (standing === "foreign" && (await isRenewed(directory, found!, lease))) return { heldBy: found! };
      if (!(await linked(mine, lockFile(directory, number + 1)))) continue;
      if ((await newest(directory)).found?.nonce === me.nonce) return await hold(directory, number + 1, me, lease);
      // Others have taken higher numbers meanwhile, and removed this one.
      await rm(lockFile(directory, number + 1), { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
}

/** Renews the lock while it is ours. */
async function hold(directory: string, number: number, me: Holder, { renewMs }: Lease): Promise<Claim> {
  for (const name of await numbersIn(directory))
    if (name < number) await rm(lockFile(directory, name), { force: true });
  const lost = new AbortController();
  const isOurs = async (): Promise<boolean> => (await newest(directory)).found?.nonce === me.nonce;
  const renewal = setInterval(() => {
    const renew = async (): Promise<void> => {
      const now = new Date();
      if (await isOurs()) await utimes(lockFile(directory, number), now, now);
      else lost.abort();
    };
    // What cannot be read now may be read at the next renewal.
    renew().catch(() => undefined);
  }, renewMs).unref();
  return {
    lost: lost.signal,
    async release() {
      clearInterval(renewal);
      if (await isOurs())
        await rename(await writeBeside(directory, { ...me, released: true }), lockFile(directory, number));
    },
  };
}

/**
 * Watches a lock whose holder cannot be checked. Modification times are only compared with each
 * other: clocks of machines differ. If a check fails, watching starts over: the holder may have
 * been unable to renew the lock for the same reason.
 * @throws the system's error if all looks fail for as long as a lock is watched
 */
async function isRenewed(directory: string, found: Holder, { expiresMs }: Lease): Promise<boolean> {
  const changed = async (): Promise<number | undefined> => {
    const now = await newest(directory);
    return now.found?.nonce === found.nonce ? (await stat(lockFile(directory, now.number))).mtimeMs : undefined;
  };
  let before: number | undefined;
  let lookedAt = performance.now();
  for (let watchedFrom = lookedAt; ;) {
    try {
      const now = await changed();
      lookedAt = performance.now();
      // The lock was released, or another process has taken it over.
      if (now === undefined) return false;
      if (before === undefined) watchedFrom = lookedAt;
      else if (now !== before) return true;
      else if (lookedAt - watchedFrom >= expiresMs) return false;
      before = now;
    } catch (error) {
      if (performance.now() - lookedAt >= expiresMs) throw error;
      before = undefined;
    }
    await pause(Math.min(lookEveryMs, expiresMs));
  }
}

/**
 * A link appears with its content in one step; creating and then writing would show an empty lock
 * in between.
 */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * The lock's highest number, 0 if nobody ever held it, and the holder that its file names: none if
 * it was released or is damaged.
 */
async function newest(directory: string): Promise<{ number: number; found: Holder | undefined }> {
  for (;;) {
    const number = Math.max(0, ...(await numbersIn(directory)));
    if (number === 0) return { number, found: undefined };
    try {
      const found = asHolder(await readFile(lockFile(directory, number), "utf8"));
      return { number, found: found?.released ? undefined : found };
    } catch (error) {
      // The holder of a higher number has removed it.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}

async function numbersIn(directory: string): Promise<number[]> {
  try {
    return (await readdir(directory)).filter((name) => /^\d+$/.test(name)).map(Number);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function asHolder(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as { nonce?: unknown; released?: unknown } | null;
    const found = readIdentity(value);
    const nonce = typeof value?.nonce === "string" ? value.nonce : "";
    return found && { ...found, nonce, released: value?.released === true };
  } catch {
    return undefined;
  }
}

/** Writes a file beside the numbered ones, under a name that begins with its owner's process id. */
async function writeBeside(directory: string, content: Holder): Promise<string> {
  const file = path.join(directory, `${process.pid}.${randomUUID()}`);
  await writeFile(file, JSON.stringify(content));
  return file;
}

/** Removes files left by processes that were killed while they claimed or released the lock. */
async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.includes(".")) continue;
    const file = path.join(directory, name);
    const found = asHolder(await readFile(file, "utf8").catch(() => ""));
    if (found !== undefined && processStanding(found) === "ended") await rm(file, { force: true });
  }
}
