import { randomUUID } from "node:crypto";
import { lstat, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { isMissing } from "./errors.js";

/** Makes a directory and its parents survive a power failure: every directory that gained an entry is synced. */
export async function makeDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true });
  if (first === undefined) return;
  for (let parent = path.dirname(directory); ; parent = path.dirname(parent)) {
    await syncDirectory(parent);
    if (parent === path.dirname(first) || parent === path.dirname(parent)) return;
  }
}

/** Whether anything has this name, a dangling link included. */
export async function exists(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file atomically: temporary name, fsync, rename, fsync of the directory.
 * @param temporary a free name in the same file system; absent: one beside the file, which a killed process leaves behind
 */
export async function writeFileWhole(
  file: string,
  content: string,
  temporary = `${file}.${process.pid}.${randomUUID()}.tmp`,
): Promise<void> {
  await makeDirectory(path.dirname(file));
  try {
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(path.dirname(file));
}

/** The JSON in a file; undefined if there is no such file, or if it is not JSON. */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
