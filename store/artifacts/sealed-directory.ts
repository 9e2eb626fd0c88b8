import { chmodSync, existsSync, renameSync, rmdirSync, unlinkSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import { isMissing, systemCode } from "../errors.js";
import { exists, makeDirectory, syncDirectory } from "../files.js";
import { readContents, manifestName, sealDirectory, verifyDirectory, type Contents, type Header } from "./manifest.js";
import { temporaryDirectory } from "../temporary.js";
import { touch } from "../touch.js";
import { tellWritePhase, type WritePhase } from "./write-phases.js";

/** A directory that has been filled and hashed under a temporary name. */
export interface FilledDirectory extends Contents {
  directory: string;
}

/** Lets `write` fill a temporary directory, and hashes it; nothing remains if either fails. */
export async function fillDirectory(
  home: string,
  header: Header,
  write: (directory: string) => Promise<void> | void,
): Promise<FilledDirectory> {
  const directory = await temporaryDirectory(home, "step" in header ? "checkpoint" : "artifact");
  const tell = (phase: WritePhase): void => tellWritePhase({ phase, header, directory, write: directory });
  try {
    tell("begun");
    await write(directory);
    tell("written");
    return { directory, ...(await readContents(directory, header)) };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** Seals a filled directory; nothing remains if that fails. */
export async function sealFilled(filled: FilledDirectory): Promise<void> {
  const { directory, manifest: header } = filled;
  try {
    await sealDirectory(directory, filled);
    tellWritePhase({ phase: "sealed", header, directory, write: directory });
  } catch (error) {
    await discard(filled);
    throw error;
  }
}

/**
 * Files that are removed in place have no more bytes than this together: to free the blocks of
 * large ones takes time.
 */
const smallBytes = 1 << 20;

/**
 * Removes a filled directory: in place if it has a few small files, as the artifacts of brief
 * stages.
 */
export async function discard({ directory, manifest: { files }, directories }: FilledDirectory): Promise<void> {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (bytes > smallBytes || directories.length > 0) return rm(directory, { recursive: true, force: true });
  for (const name of [...files.map((file) => file.path), manifestName])
    if (existsSync(path.join(directory, name))) unlinkSync(path.join(directory, name));
  rmdirSync(directory);
}

/** Whether a complete directory has this name; marks it as used. */
export async function isPlaced(target: string): Promise<boolean> {
  return exists(target) && (await isWhole(target)) && touch(target);
}

/**
 * Renames a sealed directory to its final name. An existing complete directory is kept (another
 * process wrote the same thing); a damaged one is passed to `setAside` first.
 */
export async function moveIntoPlace(
  sealed: FilledDirectory,
  target: string,
  setAside: () => Promise<unknown>,
): Promise<void> {
  try {
    while (!(await renamed(sealed.directory, target))) {
      if (!(await isWhole(target))) await setAside();
      else if (touch(target)) break;
    }
    await syncDirectory(path.dirname(target));
    tellWritePhase({ phase: "placed", header: sealed.manifest, directory: target, write: sealed.directory });
  } finally {
    if (existsSync(sealed.directory)) await discard(sealed);
  }
}

/** Makes the files of a directory read-only, because finished artifacts never change. */
export function protectFiles({ directory, manifest }: FilledDirectory): void {
  for (const file of manifest.files) chmodSync(path.join(directory, file.path), 0o444);
}

/**
 * Moves a directory away. Returns false if it no longer exists because another process was faster.
 */
export async function moveAside(directory: string, to: string): Promise<boolean> {
  await makeDirectory(path.dirname(to));
  try {
    await rename(directory, to);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Returns false if the name is taken. */
async function renamed(from: string, to: string): Promise<boolean> {
  for (;;) {
    await makeDirectory(path.dirname(to));
    try {
      renameSync(from, to);
      return true;
    } catch (error) {
      const code = systemCode(error);
      if (code === "ENOTEMPTY" || code === "EEXIST") return false;
      // `gc` may remove the parent while it is empty.
      if (!isMissing(error) || !exists(from)) throw error;
    }
  }
}

async function isWhole(directory: string): Promise<boolean> {
  try {
    await verifyDirectory(directory);
    return true;
  } catch {
    return false;
  }
}
