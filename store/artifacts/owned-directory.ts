import { chmod, lstat, mkdir, readFile, readdir, realpath, rename, rm } from "node:fs/promises";
import path from "node:path";
import { exportMark, isWithin } from "../../platform/containment.js";
import { PawlError } from "../../platform/errors.js";
import { notice } from "../../platform/text/printable.js";
import { isMissing, storeError, systemCode } from "../errors.js";
import { exists, forceToDisk, makeDirectory, syncDirectory, writeFileWhole } from "../files.js";
import { layout } from "../home.js";
import { inventory, type FileEntry } from "./manifest.js";
import { OtherVersion, readAnyRecord, writeRecord, type RecordKind } from "../records/records.js";
import { sealed, unsealed } from "../records/seal.js";
import { isAbandoned, keepRenewing, namesIn, ownName } from "../temporary.js";

/**
 * A replacement in progress, within one parent directory. It is recorded before it begins, so that
 * the next start can complete it.
 */
interface Journal {
  target: string;
  /** Complete once it is marked. */
  fresh: string;
  /** The previous directory of that name. */
  old: string;
}

const journalKind: RecordKind<Journal> = {
  of: "journal of an export",
  isValid: (value): value is Journal =>
    ["target", "fresh", "old"].every((name) => typeof (value as Record<string, unknown>)[name] === "string"),
};

export interface Replacement {
  /** Absolute, without links. */
  target: string;
  /**
   * Directories that must not be replaced, nor any directory above them. PAWL_HOME and its contents
   * are always protected.
   */
  keep: readonly string[];
  /** Fills an empty directory. */
  write: (directory: string) => Promise<void>;
  /** Called right before the replacement. Throws if the directory may no longer be replaced. */
  confirm: () => Promise<void>;
}

/**
 * Puts a directory outside of the store in place of the one that an earlier call put there. A kill,
 * or another call at the same time, leaves the old or the new one complete: the new one is filled
 * beside it and synced, and two renames, which are recorded before, swap them
 * (`completeReplacements`).
 * @throws PawlError NOT_ALLOWED if the target is, or holds, anything that no such call has put
 *   there
 */
export async function replaceDirectory(home: string, replacement: Replacement): Promise<void> {
  const { target, write, confirm } = replacement;
  await refuseKept(home, replacement);
  await completeReplacements(home);
  await refuseForeign(target, target);
  const name = ownName("export");
  keepRenewing(home);
  const beside = (what: string): string =>
    path.join(path.dirname(target), `.${path.basename(target)}.pawl-${what}-${name}`);
  const journal = { target, fresh: beside("new"), old: beside("old") };
  const journalFile = path.join(layout.exports(home), name);
  try {
    await makeDirectory(path.dirname(target));
    await writeRecord(home, journalFile, journal);
    try {
      await mkdir(journal.fresh);
      // Regardless of the process's umask: exports are for others to load.
      await chmod(journal.fresh, 0o755);
      await write(journal.fresh);
      await mark(journal.fresh);
      await confirm();
      await swap(journal);
    } finally {
      await settle(journal);
      await rm(journalFile, { force: true });
    }
  } catch (error) {
    throw storeError(error, path.dirname(target));
  }
}

/**
 * Completes the replacements of processes that no longer live: each target is then the complete old
 * or new directory. One that cannot be reached is reported, and left to the next call.
 */
export async function completeReplacements(home: string): Promise<void> {
  for (const name of namesIn(layout.exports(home))) {
    const file = path.join(layout.exports(home), name);
    if (!(await isAbandoned(name, file))) continue;
    const journal = await readAnyRecord(home, file, journalKind);
    if (journal instanceof OtherVersion) continue;
    try {
      if (journal) await settle(journal);
      await rm(file, { recursive: true, force: true });
    } catch (error) {
      notice(`${journal?.target ?? file}: an export that was interrupted cannot be completed: ${String(error)}`);
    }
  }
}

async function swap({ target, fresh, old }: Journal): Promise<void> {
  for (;;) {
    if (await renamed(target, old)) await restoreForeign(target, old);
    try {
      await rename(fresh, target);
      break;
    } catch (error) {
      if (!["ENOTEMPTY", "EEXIST"].includes(systemCode(error) ?? "")) throw error;
      // Another export was faster: its directory is replaced in turn.
      await rm(old, { recursive: true, force: true });
    }
  }
  await syncDirectory(path.dirname(target));
  await rm(old, { recursive: true, force: true });
}

/** Completes a replacement from wherever it stopped. */
async function settle({ target, fresh, old }: Journal): Promise<void> {
  if (!exists(target) && exists(old)) {
    const restored = (await isMarked(fresh)) && (await foreignIn(old)) === undefined ? fresh : old;
    await renamed(restored, target);
    await syncDirectory(path.dirname(target));
  }
  await rm(fresh, { recursive: true, force: true });
  // Files that appeared after the check must not be removed.
  if ((await foreignIn(old)) === undefined) await rm(old, { recursive: true, force: true });
}

/** Files may have appeared in the directory between the check and the rename. */
async function restoreForeign(target: string, old: string): Promise<void> {
  try {
    await refuseForeign(old, target);
  } catch (error) {
    await rename(old, target);
    throw error;
  }
}

async function mark(directory: string): Promise<void> {
  const { files, directories } = await inventory(directory);
  await forceToDisk([...files.map((file) => file.path), ...directories].map((name) => path.join(directory, name)));
  await writeFileWhole(path.join(directory, exportMark), sealed({ files }));
}

async function isMarked(directory: string): Promise<boolean> {
  return (await readMark(directory)) !== undefined;
}

async function readMark(directory: string): Promise<FileEntry[] | undefined> {
  try {
    const found = unsealed(await readFile(path.join(directory, exportMark), "utf8"));
    return found?.["files"] as unknown as FileEntry[] | undefined;
  } catch (error) {
    if (isMissing(error) || systemCode(error) === "EISDIR") return undefined;
    throw error;
  }
}

/**
 * Why a directory is not Pawl's; undefined if it is Pawl's, empty, or does not exist. Another
 * export may replace it meanwhile: then the content of two directories was mixed, and is read
 * again.
 */
async function foreignIn(directory: string): Promise<string | undefined> {
  for (let before = await readInode(directory); ;) {
    let reason: string | undefined;
    let gone: unknown;
    try {
      reason = await foreignInOne(directory);
    } catch (error) {
      if (!isMissing(error)) throw error;
      gone = error;
    }
    const after = await readInode(directory);
    if (after === before && gone === undefined) return reason;
    if (after === before) throw gone;
    before = after;
  }
}

/** Undefined if it does not exist. */
async function readInode(file: string): Promise<bigint | undefined> {
  try {
    return (await lstat(file, { bigint: true })).ino;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function foreignInOne(directory: string): Promise<string | undefined> {
  if (!exists(directory)) return undefined;
  if (!(await lstat(directory)).isDirectory()) return "it is not a directory";
  if ((await readdir(directory)).length === 0) return undefined;
  const marked = await readMark(directory);
  if (marked === undefined) return "it was not made by an export";
  const { files, directories, others } = await inventory(directory);
  if (others[0] !== undefined) return `it holds ${others[0]}`;
  const known = new Map(marked.map((file) => [file.path, file]));
  const extra = files.find((file) => file.path !== exportMark && !known.has(file.path));
  if (extra !== undefined) return `it holds ${extra.path}`;
  const changed = files.find((file) => file.path !== exportMark && known.get(file.path)!.sha256 !== file.sha256);
  if (changed !== undefined) return `${changed.path} was changed`;
  const empty = directories.find((directory) => !marked.some((file) => file.path.startsWith(`${directory}/`)));
  return empty === undefined ? undefined : `it holds ${empty}/`;
}

async function refuseForeign(directory: string, name: string): Promise<void> {
  const reason = await foreignIn(directory);
  if (reason !== undefined)
    throw new PawlError("NOT_ALLOWED", `the directory is not replaced: ${reason}`, {
      where: name,
      expected: "no such directory, an empty one, or one that holds only the files of an export",
      next: "export to another directory, or move this one away",
    });
}

async function refuseKept(home: string, { target, keep }: Replacement): Promise<void> {
  const realHome = await realpath(home);
  const kept = await Promise.all([...keep, process.cwd()].map((directory) => realpath(directory)));
  if (isWithin(target, realHome) || [realHome, ...kept].some((directory) => isWithin(directory, target)))
    throw new PawlError(
      "NOT_ALLOWED",
      "an export never replaces PAWL_HOME, anything in it, or a directory that contains the project",
      {
        where: target,
        expected: "a separate directory",
        next: "export to another directory",
      },
    );
}

/** Returns false if there is nothing to rename. */
async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
