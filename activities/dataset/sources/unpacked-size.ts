import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { Writable } from "node:stream";
import { createGunzip } from "node:zlib";
import { PawlError } from "../../../platform/errors.js";
import { maxUnpacked, type GrowthLimits } from "../../../platform/growth.js";
import { readingError } from "../tables/resource-error.js";
import { isBadGzip } from "../rows/text.js";
import type { LocalFile } from "./local-file.js";

/**
 * Refuses a download that is named `.gz` and unpacks to far more than its size.
 * @throws PawlError DATA_INVALID; DATA_UNREADABLE if the system does not read it
 */
export async function refuseGrowth(
  file: LocalFile,
  { where, limits }: { where: string; limits: GrowthLimits },
  signal: AbortSignal,
): Promise<void> {
  if (!/\.gz$/i.test(file.name)) return;
  const { size: packed } = await stat(file.path);
  const most = maxUnpacked(packed, limits);
  const unpacked = await unpackedSize(file.path, most, signal);
  if (unpacked !== undefined && unpacked > most) throw tooMuchUnpacked(where, packed, most);
}

export function tooMuchUnpacked(where: string, packed: number, most: number): PawlError {
  return new PawlError("DATA_INVALID", "the compressed file unpacks to far more than its size", {
    where,
    expected: `at most ${most} bytes from ${packed}`,
    got: "more",
    next: "check the source; if you trust the data, download and unpack them yourself and name the file",
  });
}

/**
 * Bytes that a gzip file unpacks to; `limit` + 1 or more as soon as they are more than `limit`, the
 * rest unread. Undefined for a file that is not, or not all, gzip: its reader reports that.
 * @throws PawlError DATA_UNREADABLE if the system does not read it
 */
export async function unpackedSize(file: string, limit: number, signal: AbortSignal): Promise<number | undefined> {
  let size = 0;
  const tooMuch = new Error();
  const count = new Writable({
    write(chunk: Buffer, _, done) {
      size += chunk.length;
      done(size > limit ? tooMuch : null);
    },
  });
  try {
    await pipeline(createReadStream(file), createGunzip(), count, { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error === tooMuch) return size;
    if (isBadGzip(error)) return undefined;
    throw readingError(error, file);
  }
  return size;
}
