/**
 * Small files and directories. Calls that take microseconds are made in place: handing each to a
 * thread and back costs several times as much, and a brief stage makes dozens. What waits for the
 * disk is handed on: fsync.
 */
import { randomUUID } from "node:crypto";
import { closeSync, fsync, lstatSync, openSync, renameSync, statSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { mapBounded } from "../platform/map-bounded.js";
import { writeAll } from "./history/append.js";
import { isMissing } from "./errors.js";

const synced = (descriptor: number): Promise<void> =>
  new Promise((resolve, reject) => fsync(descriptor, (error) => (error === null ? resolve() : reject(error))));

/**
 * Makes a directory and its parents survive a power failure: every directory that gained an entry
 * is synced.
 */
export async function makeDirectory(directory: string): Promise<void> {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const first = await mkdir(directory, { recursive: true });
  if (first === undefined) return;
  for (let parent = path.dirname(directory); ; parent = path.dirname(parent)) {
    await syncDirectory(parent);
    if (parent === path.dirname(first) || parent === path.dirname(parent)) return;
  }
}

/** Whether anything has this name, even a dangling link. */
export function exists(file: string): boolean {
  try {
    lstatSync(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/**
 * Files and directories that are forced to the disk at the same time: as many as Node.js has
 * threads for it.
 */
const syncedAtOnce = 4;

/** Forces files and directories to the disk. */
export async function forceToDisk(paths: readonly string[]): Promise<void> {
  await mapBounded(paths, syncedAtOnce, syncPath);
}

/**
 * Directories that are being forced to the disk, and what waits until they have been forced again.
 */
const syncing = new Map<string, { now: Promise<void>; next?: Promise<void> }>();

/**
 * Forces the names in a directory to the disk. What asks for it meanwhile waits for one more time
 * together: a name that came after the first one began may have been missed by it.
 */
export function syncDirectory(directory: string): Promise<void> {
  const current = syncing.get(directory);
  if (current !== undefined) {
    const again = (): Promise<void> => syncDirectory(directory);
    return (current.next ??= current.now.then(again, again));
  }
  const now = syncPath(directory).finally(() => syncing.delete(directory));
  syncing.set(directory, { now });
  return now;
}

async function syncPath(file: string): Promise<void> {
  const descriptor = openSync(file, "r");
  try {
    await synced(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Writes a new file and forces it to the disk: its name only once its directory is synced. */
export async function writeNewFile(file: string, content: string): Promise<void> {
  const descriptor = openSync(file, "wx");
  try {
    writeAll(descriptor, Buffer.from(content));
    await synced(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Writes a file atomically: temporary name, fsync, rename, fsync of the directory.
 * @param temporary a free name in the same file system; absent: one beside the file, which a killed
 *   process leaves behind
 */
export async function writeFileWhole(
  file: string,
  content: string,
  temporary = `${file}.${process.pid}.${randomUUID()}.tmp`,
): Promise<void> {
  await makeDirectory(path.dirname(file));
  try {
    await writeNewFile(temporary, content);
    renameSync(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(path.dirname(file));
}

/** Reads JSON from a file. Returns undefined if the file does not exist or is not JSON. */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
