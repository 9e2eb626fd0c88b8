import { isUtf8 } from "node:buffer";
import { createReadStream, readFileSync, statSync } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { maxLineBytes, splitLines } from "../../../formats/lines.js";
import { PawlError } from "../../../platform/errors.js";
import type { StageWith } from "../../../schemas/stages/index.js";
import { checkedText } from "./checked-text.js";
import { readingError } from "../tables/resource-error.js";
import type { LocalFile } from "../sources/local-file.js";

export type Unit = StageWith<"dataset">["unit"];

/** Longer documents do not fit into one JavaScript string with room to work on it. */
const maxUnitLength = 2 ** 28;

/**
 * Lines of text, with the file's name; UTF-8 or an error; `\r\n` counts as `\n`; a byte order mark
 * is dropped.
 */
export async function* textLines(
  file: LocalFile,
  onBytes: (bytes: number) => void = () => {},
  longest = maxLineBytes,
): AsyncGenerator<string> {
  let number = 0;
  for await (const bytes of splitLines(readChunks(file, onBytes), file.name, longest)) {
    number += 1;
    if (!isUtf8(bytes)) throw notUtf8(file, number);
    const line = (bytes.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes).toString();
    yield number === 1 && line.startsWith("\uFEFF") ? line.slice(1) : line;
  }
}

/**
 * Cuts lines into rows. document: the whole file, without its last line's end. line: every line.
 * paragraph: the lines between blank lines; short ones are joined, with a blank line between, until
 * they have `minimumBytes`; the rest at the end of the file is a row, too. Blank rows are returned:
 * the caller counts and drops them.
 * @throws PawlError DATA_INVALID for a document, or a paragraph, of more than `longest` characters
 */
export async function* textUnits(
  lines: AsyncIterable<string>,
  unit: Unit,
  minimumBytes: number,
  where: string,
  longest = maxUnitLength,
): AsyncGenerator<string> {
  if (unit === "line") yield* lines;
  else if (unit === "document") yield await joinLines(lines, where, longest);
  else yield* joinParagraphs(paragraphs(lines, where, longest), minimumBytes, where, longest);
}

async function joinLines(lines: AsyncIterable<string>, where: string, longest: number): Promise<string> {
  const document = new Joined("\n", longest, () => tooLong("document", where, longest));
  for await (const line of lines) document.add(line);
  return document.take();
}

async function* paragraphs(lines: AsyncIterable<string>, where: string, longest: number): AsyncGenerator<string> {
  const paragraph = new Joined("\n", longest, () => tooLong("paragraph", where, longest));
  for await (const line of lines)
    if (line.trim() !== "") paragraph.add(line);
    else if (!paragraph.isEmpty) yield paragraph.take();
  if (!paragraph.isEmpty) yield paragraph.take();
}

async function* joinParagraphs(
  all: AsyncIterable<string>,
  minimumBytes: number,
  where: string,
  longest: number,
): AsyncGenerator<string> {
  const joined = new Joined("\n\n", longest, () => tooLong("joined", where, longest));
  let bytes = 0;
  for await (const paragraph of all) {
    bytes += Buffer.byteLength(paragraph) + (joined.isEmpty ? 0 : 2);
    joined.add(paragraph);
    if (bytes < minimumBytes) continue;
    yield joined.take();
    bytes = 0;
  }
  if (!joined.isEmpty) yield joined.take();
}

/** Joins texts into one of bounded length. */
class Joined {
  #texts: string[] = [];
  #length = 0;
  constructor(
    private readonly separator: string,
    private readonly longest: number,
    private readonly fault: () => PawlError,
  ) {}

  get isEmpty(): boolean {
    return this.#texts.length === 0;
  }

  /** @throws PawlError the fault, if the text would be too long */
  add(text: string): void {
    this.#length += text.length + (this.isEmpty ? 0 : this.separator.length);
    if (this.#length > this.longest) throw this.fault();
    this.#texts.push(text);
  }

  /** The text; the next one begins empty. */
  take(): string {
    const text = this.#texts.join(this.separator);
    this.#texts = [];
    this.#length = 0;
    return text;
  }
}

/** Advice for a text that is too long. */
const advice = {
  document: "cut it: `unit: paragraph` or `unit: line`",
  paragraph: "cut it: `unit: line`, or blank lines between paragraphs",
  joined: "lower minimumBytes, or cut the paragraphs",
};

function tooLong(unit: keyof typeof advice, where: string, longest: number): PawlError {
  const name = unit === "document" ? "document" : "paragraph";
  return new PawlError("DATA_INVALID", `the text is too long for one ${name}`, {
    where,
    expected: `at most ${longest} characters per ${name}`,
    got: "more",
    next: advice[unit],
  });
}

/**
 * The bytes of a file of text, unpacked if its name ends in `.gz`. A caller that stops early leaves
 * no file open.
 * @throws PawlError DATA_INVALID if it cannot be unpacked or is not text, DATA_UNREADABLE if the
 *   system does not read it
 */
export async function* readChunks(
  file: LocalFile,
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<Uint8Array> {
  const raw = countBytes(splitText(file.path), onBytes);
  try {
    yield* checkedText(/\.gz$/i.test(file.name) ? unpacked(raw) : raw, file.name);
  } catch (error) {
    if (!isBadGzip(error)) throw readingError(error, file.name);
    throw new PawlError("DATA_INVALID", "the file cannot be unpacked", { where: file.name, got: String(error) });
  }
}

/** Bytes of a piece of a file. */
const pieceBytes = 1 << 16;

/** The bytes of a file. To read a small one in place is faster than the calls of a stream. */
async function* splitText(file: string): AsyncGenerator<Buffer> {
  const facts = statSync(file);
  if (facts.isFile() && facts.size <= pieceBytes) yield readFileSync(file);
  else yield* createReadStream(file, { highWaterMark: pieceBytes }) as AsyncIterable<Buffer>;
}

/** Errors reach the reader of what is unpacked; a reader that stops closes the source. */
function unpacked(packed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return pipeline(packed, createGunzip(), () => {});
}

/** Whether zlib reports that its input is not, or not all, gzip. */
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
export function notUtf8(file: LocalFile, line: number): PawlError {
  return new PawlError("DATA_INVALID", "the text is not UTF-8", {
    where: `${file.name}:${line}`,
    expected: "UTF-8",
    got: "bytes that are not UTF-8",
    next: `iconv -f LATIN1 -t UTF-8 ${file.name} > converted.txt`,
  });
}
