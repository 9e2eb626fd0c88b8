import { createReadStream } from "node:fs";

const newline = 0x0a;

/**
 * The lines of a stream of bytes, without their `\n`, as bytes. Only `\n` ends a line: Node's readline also breaks at
 * U+2028 and U+2029, which are ordinary characters inside a JSON string. A last line without `\n` counts.
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const part of chunks) {
    const chunk = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const line = chunk.subarray(start, end);
      yield rest.length === 0 ? line : Buffer.concat([...rest, line]);
      rest = [];
      start = end + 1;
    }
    if (start < chunk.length) rest.push(Buffer.from(chunk.subarray(start)));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

/** The lines of a file that Pawl wrote itself (UTF-8). */
export async function* readLines(file: string): AsyncGenerator<string> {
  for await (const line of splitLines(createReadStream(file, { highWaterMark: 1 << 20 }))) yield line.toString("utf8");
}
