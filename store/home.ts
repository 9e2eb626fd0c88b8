import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync, type Stats } from "node:fs";
import path from "node:path";
import { sha256 } from "../platform/digests.js";
import { PawlError } from "../platform/errors.js";

/**
 * The directory that holds everything Pawl keeps: `PAWL_HOME`, else `.pawl` in the working
 * directory.
 */
export function homeDirectory(environment: NodeJS.ProcessEnv = process.env, workingDirectory = process.cwd()): string {
  return path.resolve(workingDirectory, environment["PAWL_HOME"] || ".pawl");
}

const groupShared = 0o2020;

/**
 * Creates the home directory if there is none, and keeps others out of it: mode 0700. A directory
 * that its owner has shared with a group (`chmod g+ws`) stays shared with that group.
 * @throws PawlError STORE_UNREADABLE if it is not a directory, cannot be created, or is another
 *   user's
 */
export function openHome(home: string): void {
  refuseForeignHome(home);
  try {
    makeDirectories(home);
    const found = statSync(home);
    const wanted = found.mode & (isGroupShared(found) ? 0o7770 : 0o7700);
    if (found.uid === process.getuid?.() && (found.mode & 0o7777) !== wanted) chmodSync(home, wanted);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new PawlError(
      "STORE_UNREADABLE",
      code === "EEXIST" || code === "ENOTDIR"
        ? "PAWL_HOME is not a directory"
        : `PAWL_HOME cannot be created: ${message}`,
      {
        where: home,
        expected: "a directory that this user may write",
        got: code ?? message,
        next: "set PAWL_HOME to a directory that this user may write",
      },
      { cause: error },
    );
  }
}

/**
 * Refuses a home directory of another user, whose records, plans and key this user would trust; not
 * one that its owner has shared with a group, and not one that this user cannot read anyway.
 * @throws PawlError STORE_UNREADABLE
 */
export function refuseForeignHome(home: string): void {
  const user = process.getuid?.();
  const found = user === undefined ? undefined : enterable(home);
  if (found === undefined || found.uid === user || isGroupShared(found)) return;
  throw new PawlError("STORE_UNREADABLE", "PAWL_HOME belongs to another user", {
    where: home,
    expected: "a directory of this user, or one that its owner has shared with a group (chmod g+ws)",
    got: `a directory of the user ${found.uid}; this user is ${user}`,
    next: "set PAWL_HOME to a directory of this user; to work on the other one, become its owner, or let them share it",
  });
}

/** Returns undefined for a directory that does not exist or that this user may not enter. */
function enterable(directory: string): Stats | undefined {
  try {
    accessSync(directory, constants.X_OK);
    return statSync(directory);
  } catch {
    return undefined;
  }
}

/**
 * Creates a directory and those above it. Not by Node's `recursive`: if nothing can be created
 * (below /proc) it never returns, and keeps a core busy (seen with Node 20.20).
 */
function makeDirectories(directory: string): void {
  const parent = path.dirname(directory);
  if (!existsSync(parent) && parent !== directory) makeDirectories(parent);
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

/**
 * Whether the owner of a directory has opened it to a group on purpose: the group may write there,
 * and what is made there belongs to it. One of the two comes from a umask, or from the directory
 * above.
 */
export function isGroupShared({ mode }: Pick<Stats, "mode">): boolean {
  return (mode & groupShared) === groupShared;
}

/** Paths of everything below the home directory. */
export const layout = {
  objects: (home: string) => path.join(home, "store", "objects"),
  object: (home: string, digest: string) => path.join(home, "store", "objects", digest),
  corrupt: (home: string) => path.join(home, "store", "corrupt"),
  temporary: (home: string) => path.join(home, "store", "tmp"),
  exports: (home: string) => path.join(home, "store", "exports"),
  /** Two copies. */
  identity: (home: string): [string, string] => [
    path.join(home, "store", "identity.json"),
    path.join(home, "store", "identity-copy.json"),
  ],
  source: (home: string, file: string) => path.join(home, "store", "sources", `${sha256(file)}.json`),
  allMetrics: (home: string) => path.join(home, "store", "metrics"),
  metrics: (home: string, key: string) => path.join(layout.allMetrics(home), safeName(key)),
  results: (home: string) => path.join(home, "store", "results"),
  result: (home: string, key: string) => path.join(layout.results(home), `${safeName(key)}.json`),
  latest: (home: string, pipeline: string, stage: string) =>
    path.join(home, "store", "latest", safeName(pipeline), `${safeName(stage)}.json`),
  allCheckpoints: (home: string) => path.join(home, "store", "checkpoints"),
  checkpoints: (home: string, key: string) => path.join(layout.allCheckpoints(home), safeName(key)),
  runs: (home: string) => path.join(home, "runs"),
  run: (home: string, runId: string) => path.join(home, "runs", safeName(runId)),
  lease: (home: string, runId: string, stage: string) =>
    path.join(home, "runs", safeName(runId), "leases", safeName(stage)),
  /** Attempts whose curves trackers have yet to receive. */
  tracked: (home: string) => path.join(home, "tracking", "attempts"),
  /** The lock of the process that delivers them. */
  trackingLock: (home: string) => path.join(home, "tracking", "locks"),
  /** Files of trackers' own packages. */
  trackerFiles: (home: string) => path.join(home, "tracking"),
  /** What trackers have received of a run's curves. */
  deliveries: (home: string, runId: string) => path.join(home, "runs", safeName(runId), "tracking"),
  /** What attempts of an `activity` stage and workers of the user's exchange. */
  exchange: (home: string, runId: string, stage: string) =>
    path.join(home, "runs", safeName(runId), "exchange", safeName(stage)),
  log: (home: string, runId: string) => path.join(home, "runs", safeName(runId), "log"),
  /** What the program of a `command` stage printed. */
  output: (home: string, runId: string, stage: string, attempt: number) =>
    path.join(home, "runs", safeName(runId), "output", `${safeName(stage)}-${attempt}.log`),
};

/**
 * A name from outside (workflow ids may hold any character) as one file name: no separators, no
 * leading dot, at most 200 characters, different for different names.
 */
export function safeName(name: string): string {
  const loneSurrogates = /\p{Cs}/gu;
  const encoded = encodeURIComponent(name.replace(loneSurrogates, "")).replace(/^\./, "%2E").replaceAll("*", "%2A");
  const faithful = encoded.length > 0 && encoded.length <= 200 && !loneSurrogates.test(name);
  return faithful ? encoded : `${encoded.slice(0, 130)}-${sha256(JSON.stringify(name))}`;
}
