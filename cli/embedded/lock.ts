import { randomUUID } from "node:crypto";
import { link, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { PawlError } from "../../platform/errors.js";
import { identify, readIdentity, standingOf, type ProcessIdentity } from "../../platform/process-identity.js";
import { openHome } from "../../store/home.js";

/**
 * Who runs the embedded server of a home. A holder of this machine is asked for by its process; one of another machine or
 * container, which cannot be asked, holds the lock for as long as it renews it.
 */
interface Holder extends ProcessIdentity {
  nonce: string;
}

/** A lock that this process holds. */
export interface Claim {
  /** Aborted when another machine has taken the lock over: this process was stopped for longer than its lease. */
  lost: AbortSignal;
  release(): Promise<void>;
}

export interface Lease {
  /** How often a holder renews the lock, ms. */
  renewMs: number;
  /** A lock of another machine that is not renewed while it is watched for so long, ms, has no holder any more. */
  expiresMs: number;
}

const usualLease: Lease = { renewMs: 5000, expiresMs: 30_000 };
const lookEveryMs = 250;

const lockFile = (home: string): string => path.join(home, "up.lock");

/** Who runs the embedded server of a home directory on this machine, if anyone alive does. */
export async function holder(home: string): Promise<ProcessIdentity | undefined> {
  const found = await readHolder(lockFile(home));
  return found !== undefined && standingOf(found) === "lives" ? found : undefined;
}

/**
 * Makes this process the one that runs the embedded server; undefined when another of this machine is.
 * @throws PawlError NOT_ALLOWED, with the host's name, when one of another machine or container is; STORE_UNREADABLE
 */
export async function claim(home: string, lease = usualLease): Promise<Claim | undefined> {
  openHome(home);
  await removeLeftovers(home);
  const mine = path.join(home, `up.lock.${process.pid}.${randomUUID()}`);
  const me: Holder = { ...identify(process.pid), nonce: randomUUID() };
  await writeFile(mine, JSON.stringify(me));
  try {
    while (!(await linked(mine, lockFile(home)))) {
      const found = await readHolder(lockFile(home));
      const standing = found === undefined ? "ended" : standingOf(found);
      if (standing === "lives") return undefined;
      if (standing === "foreign" && (await isRenewed(home, found!, lease))) throw heldElsewhere(home, found!);
      await breakStale(home, found?.nonce);
    }
    return hold(home, me, lease);
  } finally {
    await rm(mine, { force: true });
  }
}

/** Renews the lock while it is ours. */
function hold(home: string, me: Holder, { renewMs }: Lease): Claim {
  const lost = new AbortController();
  const isOurs = async (): Promise<boolean> => (await readHolder(lockFile(home)))?.nonce === me.nonce;
  const renewal = setInterval(() => {
    void isOurs().then(async (ours) => {
      const now = new Date();
      if (ours) return utimes(lockFile(home), now, now).catch(() => undefined);
      lost.abort();
    });
  }, renewMs).unref();
  return {
    lost: lost.signal,
    async release() {
      clearInterval(renewal);
      if (await isOurs()) await rm(lockFile(home), { force: true });
    },
  };
}

/** Watches a lock whose holder cannot be asked. Times of change are only compared with each other: clocks of machines differ. */
async function isRenewed(home: string, found: Holder, { expiresMs }: Lease): Promise<boolean> {
  const changed = async (): Promise<number | undefined> => {
    const now = await readHolder(lockFile(home));
    return now?.nonce === found.nonce ? (await stat(lockFile(home))).mtimeMs : undefined;
  };
  const before = await changed().catch(() => undefined);
  const deadline = performance.now() + expiresMs;
  while (performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(lookEveryMs, expiresMs)));
    const now = await changed().catch(() => undefined);
    if (now === undefined) return false;
    if (now !== before) return true;
  }
  return false;
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

/** Moves a lock without a holder away; puts it back should it be another one's that came in between. */
async function breakStale(home: string, nonce: string | undefined): Promise<void> {
  const grave = path.join(home, `up.lock.stale.${randomUUID()}`);
  try {
    await rename(lockFile(home), grave);
    const found = await readHolder(grave);
    if (found !== undefined && found.nonce !== nonce) await linked(grave, lockFile(home));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  } finally {
    await rm(grave, { force: true, recursive: true });
  }
}

/** Removes what processes that were killed while they claimed a lock, or broke a stale one, have left beside it. */
async function removeLeftovers(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (!name.startsWith("up.lock.")) continue;
    const found = await readHolder(path.join(home, name));
    if (found !== undefined && standingOf(found) === "ended") await rm(path.join(home, name), { force: true });
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const value = JSON.parse(await readFile(file, "utf8")) as { nonce?: unknown } | null;
    const found = readIdentity(value);
    return found && { ...found, nonce: typeof value?.nonce === "string" ? value.nonce : "" };
  } catch {
    return undefined;
  }
}

function heldElsewhere(home: string, { host, pid }: Holder): PawlError {
  return new PawlError("NOT_ALLOWED", "another machine or container runs the embedded server of this home", {
    where: home,
    got: `process ${pid} on ${host ?? "a host without a name"}`,
    next: "end `pawl up` there first, or set PAWL_HOME to a directory of this machine alone",
  });
}
