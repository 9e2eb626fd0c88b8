import { promisify } from "node:util";
import { brotliCompress, constants, createBrotliCompress, type BrotliCompress, type BrotliOptions } from "node:zlib";

/**
 * Bytes that Brotli at its strongest (quality 11, the largest window) needs. It may take minutes;
 * the process keeps running.
 */
export async function brotliSize(data: Buffer): Promise<number> {
  const options = brotliOptions(constants.BROTLI_MAX_WINDOW_BITS, data.length);
  return (await promisify(brotliCompress)(data, options)).length;
}

/** Largest window of `brotliSizeAfter`, bits: Brotli takes about 700 MB of memory for it. */
const largestWindow = 26;
/** Bytes that Brotli can look back at most there. */
export const maxLookBack = 2 ** largestWindow - 16;
/** Bytes of one write. */
const pieceBytes = 1 << 18;

/** Pauses of a long compression. Both throw if it must stop. */
export interface Pauses {
  /** Yields to other work of the process. */
  yield(): Promise<void>;
  /** Awaited after each write. @param bytes of that write */
  advance(bytes: number): Promise<void>;
}

/**
 * Bytes that Brotli needs for a text after it has read others: what it writes from the text on, in
 * one stream that is flushed before the text. Quality 11, with a window that holds all of it, up to
 * 64 MiB ("large window Brotli", which decoders read only if that option is set).
 * @param bytes of the texts before, about
 * @throws what a pause throws
 */
export async function brotliSizeAfter(
  text: Buffer,
  before: AsyncIterable<Buffer>,
  bytes: number,
  pauses: Pauses,
): Promise<number> {
  const all = bytes + text.length;
  const needed = Math.max(constants.BROTLI_MIN_WINDOW_BITS, Math.ceil(Math.log2(all + 16)));
  const stream = createBrotliCompress(brotliOptions(Math.min(largestWindow, needed), all));
  let size = 0;
  stream.on("data", (part: Buffer) => (size += part.length));
  const write = async (data: Buffer): Promise<void> => {
    for (let start = 0; start < data.length; start += pieceBytes) {
      const piece = data.subarray(start, start + pieceBytes);
      await done(stream, (callback) => stream.write(piece, callback));
      await pauses.advance(piece.length);
    }
  };
  try {
    for await (const data of before) await write(data);
    await done(stream, (callback) => stream.flush(constants.BROTLI_OPERATION_FLUSH, () => callback()));
    // All output is complete; the part in the stream's buffer has not been counted.
    do await pauses.yield();
    while (stream.readableLength > 0);
    const sizeBefore = size;
    await write(text);
    await done(stream, (callback) => stream.once("end", () => callback()).end());
    return size - sizeBefore;
  } finally {
    stream.destroy();
  }
}

/**
 * Brotli at its strongest.
 * @param windowBits log2 of the window
 * @param bytes of all that is compressed, about
 */
function brotliOptions(windowBits: number, bytes: number): BrotliOptions {
  return {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LARGE_WINDOW]: windowBits > constants.BROTLI_MAX_WINDOW_BITS ? 1 : 0,
      [constants.BROTLI_PARAM_LGWIN]: windowBits,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes,
    },
  };
}

/** Waits for a call that takes a callback, or for the stream's failure. */
async function done(stream: BrotliCompress, call: (callback: (error?: Error | null) => void) => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.once("error", reject);
    call((error) => {
      stream.off("error", reject);
      if (error) reject(error);
      else resolve();
    });
  });
}
