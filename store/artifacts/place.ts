import { chmodSync, existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import { isMissing, systemCode } from "../errors.js";
import { exists, makeDirectory, syncDirectory } from "../files.js";
import { sealDirectory, verifyDirectory, type Header, type Manifest } from "./manifest.js";
import { temporaryDirectory } from "../temporary.js";
import { touch } from "../touch.js";
import { tellWritePhase, type WritePhase } from "./write-phases.js";

/** A directory that has been filled, hashed and synced under a temporary name. */
export interface SealedDirectory {
  directory: string;
  manifest: Manifest;
}

/** Lets `write` fill a temporary directory and seals it; nothing remains if either fails. */
export async function fillDirectory(
  home: string,
  header: Header,
  write: (directory: string) => Promise<void> | void,
): Promise<SealedDirectory> {
  const directory = await temporaryDirectory(home, "step" in header ? "checkpoint" : "artifact");
  const tell = (phase: WritePhase): void => tellWritePhase({ phase, header, directory, write: directory });
  try {
    tell("begun");
    await write(directory);
    tell("written");
    const manifest = await sealDirectory(directory, header);
    tell("sealed");
    return { directory, manifest };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Renames a sealed directory to its final name. An existing complete directory is kept (another process wrote the
 * same thing); a damaged one is passed to `setAside` first.
 */
export async function placeDirectory(
  sealed: SealedDirectory,
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
    if (existsSync(sealed.directory)) await rm(sealed.directory, { recursive: true, force: true });
  }
}

/** Takes write permission from the files of a directory: a finished artifact never changes. */
export function protectFiles({ directory, manifest }: SealedDirectory): void {
  for (const file of manifest.files) chmodSync(path.join(directory, file.path), 0o444);
}

/** Moves a directory away; false if it no longer exists (another process was faster). */
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

/** False if the name is taken. */
async function renamed(from: string, to: string): Promise<boolean> {
  for (;;) {
    await makeDirectory(path.dirname(to));
    try {
      await rename(from, to);
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
