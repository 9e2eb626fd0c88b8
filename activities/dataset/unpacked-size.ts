import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { Writable } from "node:stream";
import { createGunzip } from "node:zlib";
import { readingError } from "./resource-error.js";
import { isBadGzip } from "./text.js";

/**
 * Bytes that a gzip file unpacks to; `limit` + 1 or more as soon as they are more than `limit`, the rest unread. Undefined for a
 * file that is not, or not all, gzip: its reader says so.
 * @throws PawlError DATA_UNREADABLE where the system does not read it
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
