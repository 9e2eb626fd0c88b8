import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { splitLines } from "../../formats/lines.js";
import { PawlError } from "../../platform/errors.js";
import type { StageWith } from "../../schemas/stages/index.js";
import { readingError } from "./resource-error.js";
import type { LocalFile } from "./source.js";

export type Unit = StageWith<"dataset">["unit"];

/** Longer documents do not fit into one JavaScript string with room to work on it. */
const longestDocument = 2 ** 28;

/** Lines of text, with the file's name; UTF-8 or an error; `\r\n` counts as `\n`; a byte order mark is dropped. */
export async function* textLines(file: LocalFile, onBytes: (bytes: number) => void = () => {}): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let number = 0;
  for await (const bytes of splitLines(readChunks(file, onBytes))) {
    number += 1;
    let line: string;
    try {
      line = decoder.decode(bytes.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes);
    } catch {
      throw notUtf8(file, number, bytes);
    }
    yield number === 1 && line.startsWith("\uFEFF") ? line.slice(1) : line;
  }
}

/**
 * Cuts lines into rows. document: the whole file, without its last line's end. line: every line. paragraph: what stands
 * between blank lines; short ones are joined, with a blank line between, until they have `minimumBytes`; what is left
 * at the file's end is a row, too. Blank rows are given as they are: the caller counts and drops them.
 */
export async function* textUnits(
  lines: AsyncIterable<string>,
  unit: Unit,
  minimumBytes: number,
  where: string,
): AsyncGenerator<string> {
  if (unit === "line") yield* lines;
  else if (unit === "document") yield await joinLines(lines, where);
  else yield* joinParagraphs(paragraphs(lines), minimumBytes);
}

async function joinLines(lines: AsyncIterable<string>, where: string): Promise<string> {
  const all: string[] = [];
  let length = 0;
  for await (const line of lines) {
    all.push(line);
    length += line.length + 1;
    if (length > longestDocument)
      throw new PawlError("DATA_INVALID", "the file is too long for one document", {
        where,
        expected: `at most ${longestDocument} characters a document`,
        got: "more",
        next: "cut it: `unit: paragraph` or `unit: line`",
      });
  }
  return all.join("\n");
}

async function* paragraphs(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let paragraph: string[] = [];
  for await (const line of lines) {
    if (line.trim() !== "") paragraph.push(line);
    else if (paragraph.length > 0) {
      yield paragraph.join("\n");
      paragraph = [];
    }
  }
  if (paragraph.length > 0) yield paragraph.join("\n");
}

async function* joinParagraphs(all: AsyncIterable<string>, minimumBytes: number): AsyncGenerator<string> {
  let joined = "";
  for await (const paragraph of all) {
    joined += joined === "" ? paragraph : `\n\n${paragraph}`;
    if (Buffer.byteLength(joined) < minimumBytes) continue;
    yield joined;
    joined = "";
  }
  if (joined !== "") yield joined;
}

/**
 * A file's bytes, unpacked where its name ends in `.gz`. Whoever stops early leaves no file open.
 * @throws PawlError DATA_INVALID where it cannot be unpacked, DATA_UNREADABLE where the system does not read it
 */
export async function* readChunks(
  file: LocalFile,
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<Uint8Array> {
  const stream: AsyncIterable<Buffer> = createReadStream(file.path, { highWaterMark: 1 << 16 });
  const raw = countBytes(stream, onBytes);
  try {
    yield* /\.gz$/i.test(file.name) ? unpacked(raw) : raw;
  } catch (error) {
    if (!isBadGzip(error)) throw readingError(error, file.name);
    throw new PawlError("DATA_INVALID", "the file cannot be unpacked", { where: file.name, got: String(error) });
  }
}

/** Errors reach the reader of what is unpacked; a reader that stops closes the source. */
function unpacked(packed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return pipeline(packed, createGunzip(), () => {});
}

/** Whether zlib says that what it was given is not, or not all, gzip. */
export const isBadGzip = (error: unknown): boolean => /^Z_/.test(String((error as NodeJS.ErrnoException).code));

async function* countBytes(
  chunks: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onBytes(chunk.length);
    yield chunk;
  }
}

/** The error of a line that is not UTF-8. */
export function notUtf8(file: LocalFile, line: number, bytes: Uint8Array): PawlError {
  const utf16 = line === 1 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff));
  const from = utf16 ? "UTF-16" : "LATIN1";
  return new PawlError("DATA_INVALID", "the text is not UTF-8", {
    where: `${file.name}:${line}`,
    expected: "UTF-8",
    got: utf16 ? "UTF-16" : "bytes that are no UTF-8",
    next: `iconv -f ${from} -t UTF-8 ${file.name} > converted.txt`,
  });
}
