import path from "node:path";
import { PawlError } from "../../platform/errors.js";
import type { ProcessIdentity } from "../../platform/processes/process-identity.js";
import { openHome } from "../../store/home.js";
import { claimLock, isAbandoned, lockHolder, type Claim, type Lease } from "../../store/ownership/lock.js";

const lockDirectory = (home: string): string => path.join(home, "up.locks");

/**
 * The living process of this machine that runs the embedded server of a home directory, if the lock
 * can be read.
 */
export const holder = (home: string): Promise<ProcessIdentity | undefined> => lockHolder(lockDirectory(home));

/** Whether `pawl up` of a home directory has died, and nobody has stopped it. */
export const hasDied = (home: string): Promise<boolean> => isAbandoned(lockDirectory(home));

/**
 * Makes this process the one that runs the embedded server; undefined if another process of this
 * machine runs it.
 * @throws PawlError NOT_ALLOWED, with the host's name, if a process of another machine or container
 *   runs it; STORE_UNREADABLE
 */
export async function claim(home: string, lease?: Lease): Promise<Claim | undefined> {
  openHome(home);
  const got = await claimLock(lockDirectory(home), lease);
  if (got?.heldBy !== undefined) throw heldElsewhere(home, got.heldBy);
  return got;
}

function heldElsewhere(home: string, { host, pid }: ProcessIdentity): PawlError {
  return new PawlError("NOT_ALLOWED", "another machine or container runs the embedded server of this home directory", {
    where: home,
    got: `process ${pid} on ${host ?? "a host without a name"}`,
    next: "end `pawl up` there first, or set PAWL_HOME to a directory that only this machine uses",
  });
}
