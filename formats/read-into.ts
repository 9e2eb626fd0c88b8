import type { FileHandle } from "node:fs/promises";

/** Systems read at most 2 GiB in one call. */
const largestPiece = 1 << 26;

/**
 * Fills memory with bytes of a file, piece by piece.
 * @param from place in the file
 * @returns bytes read: fewer than there is room for if the file ends before
 */
export async function readInto(
  handle: FileHandle,
  memory: ArrayBufferView,
  from: number,
  piece = largestPiece,
): Promise<number> {
  const bytes = new Uint8Array(memory.buffer, memory.byteOffset, memory.byteLength);
  let at = 0;
  while (at < bytes.length) {
    const { bytesRead } = await handle.read(bytes, at, Math.min(piece, bytes.length - at), from + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return at;
}
