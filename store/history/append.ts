import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import path from "node:path";
import { isMissing } from "../errors.js";

/**
 * Appends whole lines to a file in one write, so that lines of other processes do not mix with
 * them; a partial line that a killed process left is ended first.
 * @param lines each ended by a newline
 * @param options.sync also forces the file to the disk
 * @throws system errors
 */
export function appendLines(file: string, lines: string, options: { sync?: boolean } = {}): void {
  const descriptor = withDirectory(file, () => openSync(file, "a+"));
  try {
    writeAll(descriptor, Buffer.from(`${endsInsideLine(descriptor) ? "\n" : ""}${lines}`));
    if (options.sync) fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Opens or writes a file; makes its directory if there is none. @throws system errors */
export function withDirectory<T>(file: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!isMissing(error)) throw error;
    mkdirSync(path.dirname(file), { recursive: true });
    return act();
  }
}

/**
 * Writes all bytes, in one call unless the disk takes only a part: then the rest follows, or is an
 * error.
 * @param position in the file; absent: the current position, or the end of the file
 * @throws system errors
 */
export function writeAll(descriptor: number, bytes: Uint8Array, position?: number): void {
  for (let done = 0; done < bytes.length;)
    done += writeSync(descriptor, bytes, done, bytes.length - done, position === undefined ? null : position + done);
}

function endsInsideLine(descriptor: number): boolean {
  const { size } = fstatSync(descriptor);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, size - 1);
  return last[0] !== 0x0a;
}
