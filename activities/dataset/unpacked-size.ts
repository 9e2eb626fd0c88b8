import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { Writable } from "node:stream";
import { createGunzip } from "node:zlib";

/**
 * Bytes that a gzip file unpacks to; `limit` + 1 or more as soon as they are more than `limit`, the rest unread. Undefined for a
 * file that is not, or not all, gzip: its reader says so.
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
    return error === tooMuch ? size : undefined;
  }
  return size;
}
