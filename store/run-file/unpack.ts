import { createHash, type Hash } from "node:crypto";
import { closeSync, createReadStream, mkdirSync, openSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createGunzip } from "node:zlib";
import { Parser, type ReadEntry } from "tar";
import { isDiskFull } from "../../platform/disk-full.js";
import { PawlError } from "../../platform/errors.js";
import { maxUnpacked, usualGrowth } from "../../platform/growth.js";
import { isMissing, systemCode } from "../errors.js";
import type { FileEntry } from "../artifacts/manifest.js";
import { indexName, invalid, largestIndex, parseIndex, refuseOutside, type RunFileIndex } from "./format.js";

/**
 * The archive's own bytes for an entry, at most: its header, padding and, for a long name, one more
 * header with that name.
 */
const bytesPerEntry = 8 * 1024;

/**
 * Unpacks a run file into an empty directory, and checks that it holds exactly what its index
 * lists, each file with its size and digest. The index is read first: nothing is written that it
 * does not list, and nothing larger than it says. After an error, the directory holds the files
 * that came before it.
 * @throws PawlError FILE_NOT_FOUND, RUN_FILE_INVALID, PATH_TRAVERSAL; system errors of the
 *   directory
 */
export async function unpack(file: string, directory: string): Promise<RunFileIndex> {
  const entries = new Entries(file, directory);
  const parser = new Parser({
    strict: true,
    filter: (_, entry) => entries.admit(entry as ReadEntry),
    onReadEntry: (entry) => entries.take(entry),
  });
  try {
    for await (const chunk of unzipped(file)) {
      entries.count(chunk);
      parser.write(chunk);
    }
    parser.end();
    return entries.completeIndex();
  } catch (error) {
    throw unreadable(error, file);
  } finally {
    entries.close();
  }
}

async function* unzipped(file: string): AsyncGenerator<Buffer> {
  const packed = createReadStream(file);
  const unpacked = createGunzip();
  packed.on("error", (error) => unpacked.destroy(error));
  try {
    yield* packed.pipe(unpacked) as AsyncIterable<Buffer>;
  } finally {
    packed.destroy();
  }
}

/** The entries of an archive as they come: the index, then files that it lists. */
class Entries {
  readonly #file: string;
  readonly #directory: string;
  #bytes = 0;
  #indexText: Buffer[] | undefined;
  #index: RunFileIndex | undefined;
  /** Files of the index that are still to come. */
  readonly #missing = new Map<string, FileEntry>();
  /** Maximum number of bytes of the archive. */
  #maxBytes = largestIndex + bytesPerEntry;
  #open: number | undefined;

  constructor(file: string, directory: string) {
    this.#file = file;
    this.#directory = directory;
  }

  /**
   * @throws PawlError RUN_FILE_INVALID if the archive is larger than its index says, or does not
   *   begin with one
   */
  count(chunk: Buffer): void {
    // The parser would unpack what is compressed a second time.
    if (this.#bytes === 0 && chunk[0] !== indexName.charCodeAt(0))
      throw invalid(this.#file, `it does not begin with ${indexName}`);
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) throw invalid(this.#file, "it unpacks to more than its index lists");
  }

  /** Whether to read an entry. @throws PawlError PATH_TRAVERSAL, RUN_FILE_INVALID */
  admit(entry: ReadEntry): boolean {
    const { path: name, remain: size } = entry;
    refuseOddEntry(entry, this.#file);
    if (this.#indexText === undefined) {
      if (name !== indexName || size > largestIndex)
        throw invalid(this.#file, `it has no ${indexName} of a usual size in the first place`);
      this.#indexText = [];
      return true;
    }
    const listed = this.#missing.get(name);
    if (listed === undefined) {
      const isTwice = name === indexName || this.#index?.files.some((one) => one.path === name) === true;
      throw invalid(this.#file, `${name} is ${isTwice ? "in it twice" : "not in its index"}`);
    }
    if (listed.size !== size) throw invalid(this.#file, `${name} has ${size} bytes instead of ${listed.size}`);
    return true;
  }

  /** Reads the index, or writes a file. */
  take(entry: ReadEntry): void {
    const { path: name } = entry;
    if (this.#index === undefined) {
      entry.on("data", (chunk: Buffer) => this.#indexText!.push(chunk));
      entry.on("end", () => this.#begin());
      return;
    }
    const { sha256 } = this.#missing.get(name)!;
    this.#missing.delete(name);
    const hash = createHash("sha256");
    const target = path.join(this.#directory, name);
    mkdirSync(path.dirname(target), { recursive: true });
    this.#open = openSync(target, "wx");
    entry.on("data", (chunk: Buffer) => this.#write(chunk, hash));
    entry.on("end", () => {
      this.close();
      if (hash.digest("hex") !== sha256) throw invalid(this.#file, `${name} has changed`);
    });
  }

  /**
   * Handles the complete index.
   * @throws PawlError RUN_FILE_INVALID if it is damaged, or lists too much for such a file
   */
  #begin(): void {
    const text = Buffer.concat(this.#indexText!);
    this.#index = parseIndex(text.toString("utf8"), this.#file);
    const { files } = this.#index;
    for (const entry of files) this.#missing.set(entry.path, entry);
    const listed = files.reduce((sum, { size }) => sum + size, 0);
    const most = maxUnpacked(statSync(this.#file).size, usualGrowth);
    if (listed > most) throw invalid(this.#file, `it unpacks to far more than its size: ${listed} bytes, over ${most}`);
    this.#maxBytes = text.length + listed + bytesPerEntry * (files.length + 1);
  }

  #write(chunk: Buffer, hash: Hash): void {
    hash.update(chunk);
    writeFileSync(this.#open!, chunk);
  }

  /** Closes the file that was being written. */
  close(): void {
    if (this.#open !== undefined) closeSync(this.#open);
    this.#open = undefined;
  }

  /**
   * The index, once the archive has ended.
   * @throws PawlError RUN_FILE_INVALID if something is missing
   */
  completeIndex(): RunFileIndex {
    const [missing] = this.#missing.keys();
    if (this.#index === undefined) throw invalid(this.#file, `it has no ${indexName}`);
    if (missing !== undefined) throw invalid(this.#file, `${missing} is missing`);
    return this.#index;
  }
}

/** Only files, none of which leaves the directory: a link could lead what follows out of it. */
function refuseOddEntry({ path: name, type }: ReadEntry, file: string): void {
  refuseOutside(name, file);
  if (type === "File") return;
  throw new PawlError("PATH_TRAVERSAL", `the file holds ${name}, which is not an ordinary file: ${type}`, {
    where: file,
    expected: "ordinary files, as `pawl export` writes them",
    next: "do not use this file",
  });
}

/**
 * Explains why unpacking failed: the file is missing, the disk is full, or the archive is damaged.
 */
function unreadable(error: unknown, file: string): unknown {
  if (error instanceof PawlError) return error;
  const { path: named, syscall } = error as NodeJS.ErrnoException;
  if (isMissing(error) && named === file)
    return new PawlError("FILE_NOT_FOUND", "there is no such file", { where: file, next: "check the path" });
  if (isDiskFull(error) || (syscall !== undefined && systemCode(error) !== "EISDIR")) return error;
  return invalid(file, `it is truncated, or is no such archive: ${(error as Error).message}`, error);
}
