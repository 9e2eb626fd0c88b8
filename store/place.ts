import { chmod, rename, rm } from "node:fs/promises";
import path from "node:path";
import { isMissing, systemCode } from "./errors.js";
import { makeFolder, syncFolder } from "./files.js";
import { sealFolder, verifyFolder, type Header, type Manifest } from "./manifest.js";
import { temporaryFolder } from "./temporary.js";
import { tellWritePhase, type WritePhase } from "./write-phases.js";

/** A folder that has been filled, hashed and synced under a temporary name. */
export interface SealedFolder {
  folder: string;
  manifest: Manifest;
}

/** Lets `write` fill a temporary folder and seals it; nothing is left behind when either fails. */
export async function fillFolder(
  home: string,
  header: Header,
  write: (folder: string) => Promise<void> | void,
): Promise<SealedFolder> {
  const folder = await temporaryFolder(home, "step" in header ? "checkpoint" : "artifact");
  const tell = (phase: WritePhase): void => tellWritePhase({ phase, header, directory: folder });
  try {
    tell("begun");
    await write(folder);
    tell("written");
    const manifest = await sealFolder(folder, header);
    tell("sealed");
    return { folder, manifest };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Renames a sealed folder to its final name. A whole folder that is already there is kept (another process wrote the
 * same thing); a damaged one is handed to `setAside` first.
 */
export async function placeFolder(
  sealed: SealedFolder,
  target: string,
  setAside: () => Promise<unknown>,
): Promise<void> {
  try {
    await makeFolder(path.dirname(target));
    while (!(await renamed(sealed.folder, target))) {
      if (await isWhole(target)) break;
      await setAside();
    }
    await syncFolder(path.dirname(target));
    tellWritePhase({ phase: "placed", header: sealed.manifest, directory: target });
  } finally {
    await rm(sealed.folder, { recursive: true, force: true });
  }
}

/** Takes write permission from the files of a folder: a finished artifact never changes. */
export async function protectFiles({ folder, manifest }: SealedFolder): Promise<void> {
  for (const file of manifest.files) await chmod(path.join(folder, file.path), 0o444);
}

/** Moves a folder out of sight; false when it is gone already (another process was faster). */
export async function moveAside(folder: string, to: string): Promise<boolean> {
  await makeFolder(path.dirname(to));
  try {
    await rename(folder, to);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOTEMPTY" || code === "EEXIST") return false;
    throw error;
  }
}

async function isWhole(folder: string): Promise<boolean> {
  try {
    await verifyFolder(folder);
    return true;
  } catch {
    return false;
  }
}
