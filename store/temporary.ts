import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import path from "node:path";
import {
  namedProcess,
  processName,
  processStanding,
  type ProcessIdentity,
} from "../platform/processes/process-identity.js";
import { isMissing } from "./errors.js";
import { makeDirectory } from "./files.js";
import { layout } from "./home.js";
import { RenewalWatch } from "./ownership/renewals.js";
import { touch } from "./touch.js";

/**
 * Begins the token of a process that renews its entries; those of earlier versions do not, and have
 * only hex digits.
 */
const renewing = "r";
/**
 * Distinguishes this process from an earlier one with the same process id (containers reuse them).
 */
const thisProcess = renewing + randomUUID().slice(0, 7);
/**
 * How often a process renews its entries, ms: no call keeps an event loop busy for nearly as long
 * as the lease.
 */
const renewEveryMs = 60_000;
/**
 * An entry of another machine is abandoned once it has been watched for so long, ms, without a
 * renewal.
 */
const expiresMs = { renewed: 60 * 60 * 1000, unrenewed: 24 * 60 * 60 * 1000 };

/** The purpose of a temporary directory, shown at the end of its name. */
export type TemporaryPurpose = "artifact" | "checkpoint" | "record" | "removal" | "scratch" | "export" | "import";

/** A free name in the store's own file system, so that a rename moves it into place. */
export async function temporaryName(home: string, purpose: TemporaryPurpose): Promise<string> {
  await makeDirectory(layout.temporary(home));
  keepRenewing(home);
  return path.join(layout.temporary(home), ownName(purpose));
}

/** A new name that identifies its owner; see `isAbandoned`. */
export function ownName(purpose: TemporaryPurpose): string {
  return `${processName()}.${thisProcess}.${randomUUID().slice(0, 8)}.${purpose}`;
}

/** Creates an empty directory of that name. */
export async function temporaryDirectory(home: string, purpose: TemporaryPurpose): Promise<string> {
  const directory = await temporaryName(home, purpose);
  mkdirSync(directory);
  return directory;
}

/**
 * Minimum time between two searches for leftovers, ms. A search for each artifact would take 4 % of
 * a brief stage's time.
 */
const lookEveryMs = 1000;
const lookedAt = new Map<string, number>();

/** Calls {@link removeLeftovers}, but not more often than that. */
export async function sometimesRemoveLeftovers(home: string): Promise<void> {
  const now = performance.now();
  if (now - (lookedAt.get(home) ?? -Infinity) < lookEveryMs) return;
  lookedAt.set(home, now);
  await removeLeftovers(home);
}

/** Removes leftovers of processes that no longer live from the temporary directory. */
export async function removeLeftovers(home: string): Promise<void> {
  for (const entry of (await leftovers(home)).abandoned) await rm(entry, { recursive: true, force: true });
}

const watchOfLeftovers = new RenewalWatch();

/** Paths of these leftovers, and those of entries of other machines whose processes may live. */
export async function leftovers(
  home: string,
  watch = watchOfLeftovers,
): Promise<{ abandoned: string[]; elsewhere: string[] }> {
  const directory = layout.temporary(home);
  const entries = namesIn(directory).map((name) => path.join(directory, name));
  const standings = await Promise.all(entries.map((entry) => standingOfEntry(path.basename(entry), entry, watch)));
  watch.forgetOthers(directory, entries);
  const those = (wanted: EntryStanding): string[] => entries.filter((_, i) => standings[i] === wanted);
  return { abandoned: those("abandoned"), elsewhere: those("elsewhere") };
}

const renewals = new Map<string, NodeJS.Timeout>();

/**
 * Renews this process's entries for as long as it has any, also those that `ownName` names below
 * `exports/`.
 */
export function keepRenewing(home: string): void {
  if (renewals.has(home)) return;
  const renew = (): void => {
    try {
      if (renewOwn(layout.temporary(home)) + renewOwn(layout.exports(home)) > 0) return;
    } catch {
      // What cannot be renewed now may be at the next renewal.
      return;
    }
    clearInterval(renewals.get(home));
    renewals.delete(home);
  };
  renewals.set(home, setInterval(renew, renewEveryMs).unref());
}

/** @returns the number of this process's entries */
function renewOwn(directory: string): number {
  const names = namesIn(directory).filter((name) => name.startsWith(`${processName()}.${thisProcess}.`));
  // What is about to be removed goes back if it was used meanwhile (store/collection/gc.ts): its
  // time tells.
  for (const name of names) if (!name.endsWith(".removal")) touch(path.join(directory, name));
  return names.length;
}

/** The process that made a name; undefined if the name contains none. */
export function findOwner(name: string): ProcessIdentity | undefined {
  return namedProcess(name.split(".")[0]!);
}

/** On another machine, so its process may still be alive. */
type EntryStanding = "own" | "lives" | "elsewhere" | "abandoned";

const watchOfOthers = new RenewalWatch();

/**
 * Whether the process that made a name no longer lives, or cannot be checked and has not renewed
 * the entry for long.
 */
export async function isAbandoned(name: string, entry: string): Promise<boolean> {
  return (await standingOfEntry(name, entry, watchOfOthers)) === "abandoned";
}

async function standingOfEntry(name: string, entry: string, watch: RenewalWatch): Promise<EntryStanding> {
  const [owner = "", token = ""] = name.split(".");
  if (owner === processName()) return token === thisProcess ? "own" : "abandoned";
  const found = findOwner(name);
  const standing = found === undefined ? "foreign" : processStanding(found);
  if (standing !== "foreign") return standing === "ended" ? "abandoned" : "lives";
  try {
    const stamp = String((await stat(entry, { bigint: true })).mtimeNs);
    const isRenewed = token.startsWith(renewing);
    const hasExpired = watch.hasExpired(entry, stamp, isRenewed ? expiresMs.renewed : expiresMs.unrenewed);
    return hasExpired ? "abandoned" : "elsewhere";
  } catch (error) {
    if (isMissing(error)) return "elsewhere";
    throw error;
  }
}

/** Lists a directory. Returns no names if it does not exist. */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
