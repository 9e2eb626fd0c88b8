import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { Entry, ZipFile } from "yauzl";
import { diskFullError, isDiskFull } from "../../../platform/disk-full.js";
import { sha256 } from "../../../platform/digests.js";
import { PawlError } from "../../../platform/errors.js";
import { maxUnpacked, type GrowthLimits } from "../../../platform/growth.js";
import { isSystemError, readingError } from "../tables/resource-error.js";
import { tooMuchUnpacked } from "./unpacked-size.js";
import type { LocalFile } from "./local-file.js";

/** An open zip archive, with what it holds. */
export interface Archive {
  /** Of its files, in its order. */
  names: string[];
  /** The text of a file, at most its first `bytes` bytes. */
  read(name: string, bytes: number): Promise<string>;
  /**
   * Unpacks files into a directory, each named by the digest of its name.
   * @throws DATA_INVALID if they hold more than the limits
   */
  unpack(names: readonly string[], directory: string, limits: GrowthLimits): Promise<LocalFile[]>;
  close(): void;
}

/**
 * Opens a zip archive. Nothing in it is run, and no name in it becomes a path.
 * @param where for messages
 * @throws PawlError DATA_INVALID if it is not a zip archive, two files have one name, or a name
 *   leads out of the archive
 */
export async function openArchive(file: string, where: string, signal: AbortSignal): Promise<Archive> {
  const { openPromise } = await import("yauzl");
  const options = { autoClose: false, lazyEntries: true, strictFileNames: true, validateEntrySizes: true };
  const zip = await openPromise(file, options).catch((error: unknown) => refuse(error, where));
  try {
    const entries = await readEntries(zip, where, signal);
    const findEntry = (name: string): Entry => entries.get(name)!;
    return {
      names: [...entries.keys()],
      read: (name, bytes) => readBeginning(zip, findEntry(name), bytes).catch((error: unknown) => refuse(error, where)),
      unpack: async (names, directory, limits) => {
        const most = maxUnpacked((await stat(file)).size, limits);
        const wanted = names.map(findEntry);
        // While an entry is unpacked, its size is checked against the declared one.
        if (wanted.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0) > most)
          throw tooMuchUnpacked(where, (await stat(file)).size, most);
        const files: LocalFile[] = [];
        for (const entry of wanted) files.push(await unpackEntry(zip, entry, { directory, where, signal }));
        return files;
      },
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function readEntries(zip: ZipFile, where: string, signal: AbortSignal): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      signal.throwIfAborted();
      if (entry.fileName.endsWith("/")) continue;
      if (entries.has(entry.fileName)) throw new Error(`two files have the name ${entry.fileName}`);
      entries.set(entry.fileName, entry);
    }
  } catch (error) {
    signal.throwIfAborted();
    refuse(error, where);
  }
  return entries;
}

async function readBeginning(zip: ZipFile, entry: Entry, bytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let read = 0;
  for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if ((read += chunk.length) >= bytes) break;
  }
  return Buffer.concat(chunks).subarray(0, bytes).toString();
}

/**
 * The file is written under a temporary name, so that another attempt at the same archive never
 * reads half of it.
 */
async function unpackEntry(
  zip: ZipFile,
  entry: Entry,
  { directory, where, signal }: { directory: string; where: string; signal: AbortSignal },
): Promise<LocalFile> {
  const target = path.join(directory, sha256(entry.fileName).slice(0, 32));
  const temporary = `${target}.${randomBytes(4).toString("hex")}`;
  try {
    await mkdir(directory, { recursive: true });
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(temporary), { signal });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    signal.throwIfAborted();
    if (isDiskFull(error)) throw diskFullError(error, [directory]);
    refuse(error, `${where}: ${entry.fileName}`);
  }
  return { name: entry.fileName, path: target };
}

/**
 * @throws PawlError DATA_INVALID with what is wrong with the archive; DATA_UNREADABLE if the system
 *   refuses
 */
function refuse(error: unknown, where: string): never {
  if (error instanceof PawlError || isSystemError(error)) throw readingError(error, where);
  throw new PawlError("DATA_INVALID", "the archive cannot be unpacked", {
    where,
    expected: "a zip archive with unique names that stay inside it",
    got: (error as Error).message,
    next: "check the source; if you trust the data, download and unpack them yourself and name the file",
  });
}
