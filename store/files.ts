/**
 * Small files and directories. Calls that take microseconds are made in place: handing each to a thread and back costs several
 * times as much, and a brief stage makes dozens. What may wait for the disk is handed on: fsync, and what makes, renames or
 * removes an entry of a directory, which waits while the file system's journal is written.
 */
import { randomUUID } from "node:crypto";
import { closeSync, fsync, lstatSync, open, openSync, statSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { writeAll } from "./history/append.js";
import { isMissing } from "./errors.js";

const opened = promisify(open);
/** Forces what was written to an open file, or directory, to the disk. */
const forceToDisk = (descriptor: number): Promise<void> => promisify(fsync)(descriptor);

/** Makes a directory and its parents survive a power failure: every directory that gained an entry is synced. */
export async function makeDirectory(directory: string): Promise<void> {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const first = await mkdir(directory, { recursive: true });
  if (first === undefined) return;
  for (let parent = path.dirname(directory); ; parent = path.dirname(parent)) {
    await syncDirectory(parent);
    if (parent === path.dirname(first) || parent === path.dirname(parent)) return;
  }
}

/** Whether anything has this name, a dangling link included. */
export function exists(file: string): boolean {
  try {
    lstatSync(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

export async function syncDirectory(directory: string): Promise<void> {
  const descriptor = openSync(directory, "r");
  try {
    await forceToDisk(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Writes a new file and forces it to the disk: its name only once its directory is synced. */
export async function writeNewFile(file: string, content: string): Promise<void> {
  const descriptor = await opened(file, "wx");
  try {
    writeAll(descriptor, Buffer.from(content));
    await forceToDisk(descriptor);
  } finally {
    closeSync(descriptor);
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
    await writeNewFile(temporary, content);
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
