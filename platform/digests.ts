import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { open } from "node:fs/promises";

/** Files are read in pieces of at most this many bytes. */
const largestPiece = 1 << 20;
/** Larger files (bytes) are always read by a thread. */
const largestInPlace = 1 << 16;

/** SHA-256 of a text (as UTF-8) or of bytes, in hexadecimal. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Like `sha256`, but returns 32 bytes. */
export function sha256Bytes(content: string | Uint8Array): Buffer {
  return createHash("sha256").update(content).digest();
}

/** SHA-256 (hex) of the concatenated pieces. */
export function piecesDigest(pieces: Iterable<string | Uint8Array>): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}

export interface DigestOptions {
  signal?: AbortSignal;
  inPlace?: boolean;
  onRead?: (bytes: number) => void;
}

/**
 * SHA-256 (hex) and size in bytes of a file.
 * @param options.inPlace if the file is small, no call is handed to a thread to read it: it is on a
 *   local disk
 * @param options.onRead called with the number of bytes of each piece read
 * @throws system errors; the signal's reason, if it is aborted
 */
export async function fileDigest(
  file: string,
  { signal, inPlace = false, onRead }: DigestOptions = {},
): Promise<{ sha256: string; size: number }> {
  if (inPlace && statSync(file).size <= largestInPlace) {
    const content = readFileSync(file);
    onRead?.(content.length);
    return { size: content.length, sha256: sha256(content) };
  }
  const handle = await open(file, "r");
  try {
    const hash = createHash("sha256");
    // Most files are small: a large buffer for each would keep the garbage collector busy.
    const { size: expected } = await handle.stat();
    const buffer = Buffer.allocUnsafe(Math.min(largestPiece, expected + 1));
    let size = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, size);
      if (bytesRead === 0) break;
      signal?.throwIfAborted();
      hash.update(buffer.subarray(0, bytesRead));
      size += bytesRead;
      onRead?.(bytesRead);
    }
    return { size, sha256: hash.digest("hex") };
  } finally {
    await handle.close();
  }
}

/**
 * Returns the digest of one file or, for several, the digest of the output that `sha256sum` would
 * print.
 */
export function listDigest(files: readonly { name: string; sha256: string }[]): string {
  if (files.length === 1) return files[0]!.sha256;
  return piecesDigest(files.map(({ name, sha256 }) => `${sha256}  ${name}\n`));
}
