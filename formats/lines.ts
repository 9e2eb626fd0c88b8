import { createReadStream } from "node:fs";
import { PawlError } from "../platform/errors.js";

const newline = 0x0a;

/**
 * Bytes of the longest line of data: a longer one does not fit into one JavaScript string with room
 * to work on it.
 */
export const maxLineBytes = 2 ** 28;

/**
 * The lines of a stream of bytes, without their `\n`, as bytes. Only `\n` ends a line: Node's
 * readline also breaks at U+2028 and U+2029, which are ordinary characters inside a JSON string. A
 * last line without `\n` counts.
 * @param name of the file, for messages
 * @throws PawlError DATA_INVALID, with its number, for a line of more than `longest` bytes
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  longest = maxLineBytes,
): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let bytes = 0;
  let number = 1;
  const grow = (by: number): void => {
    bytes += by;
    if (bytes > longest) throw tooLong(`${name}:${number}`, longest);
  };
  for await (const part of chunks) {
    const chunk = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const line = chunk.subarray(start, end);
      grow(line.length);
      yield rest.length === 0 ? line : Buffer.concat([...rest, line]);
      rest = [];
      bytes = 0;
      number++;
      start = end + 1;
    }
    grow(chunk.length - start);
    if (start < chunk.length) rest.push(Buffer.from(chunk.subarray(start)));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

/** The lines of a file that Pawl wrote itself (UTF-8). */
export async function* readLines(file: string): AsyncGenerator<string> {
  const chunks = createReadStream(file, { highWaterMark: 1 << 20 });
  for await (const line of splitLines(chunks, file, Infinity)) yield line.toString("utf8");
}

function tooLong(where: string, longest: number): PawlError {
  return new PawlError("DATA_INVALID", "a line is too long", {
    where,
    expected: `at most ${longest} bytes per line`,
    got: "more",
    next: "cut the line; lines end in \\n",
  });
}
