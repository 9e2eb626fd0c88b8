import { PawlError } from "../../../platform/errors.js";

/** Formats that are not text: how their files begin, and what to do about them. */
const otherFormats = [
  { name: "gzip", bytes: "\x1f\x8b", next: "let its name end in .gz, or unpack it" },
  { name: "Zstandard", bytes: "\x28\xb5\x2f\xfd", next: "unpack it" },
  { name: "bzip2", bytes: "BZh91AY&SY", next: "unpack it" },
  { name: "xz", bytes: "\xfd7zXZ\0", next: "unpack it" },
  { name: "a ZIP archive", bytes: "PK\x03\x04", next: "unpack it; if it is a workbook (.xlsx), save it as CSV" },
  { name: "Parquet", bytes: "PAR1\x15", next: "let its name end in .parquet, or set `format: parquet`" },
];

/**
 * The chunks of a file, if they may be text. UTF-16 without a byte order mark is valid UTF-8, too,
 * with a NUL beside each ASCII character.
 * @param name of the file, for messages
 * @throws PawlError DATA_INVALID for a file of another format, in UTF-16, or with any other NUL
 */
export async function* checkedText(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  let before = 0;
  for await (const part of chunks) {
    const chunk = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    if (before === 0) {
      refuseOtherFormat(chunk, name);
      refuseUtf16(chunk, name);
    }
    const nul = chunk.indexOf(0);
    if (nul >= 0) throw notText(name, before + nul);
    before += chunk.length;
    yield part;
  }
}

function refuseOtherFormat(beginning: Buffer, name: string): void {
  const found = otherFormats.find(({ bytes }) => begins(beginning, bytes));
  if (found === undefined) return;
  throw new PawlError("DATA_INVALID", `the file is ${found.name}, which its name does not show`, {
    where: name,
    expected: "text: UTF-8 without compression, or gzip in a file whose name ends in .gz",
    got: found.name,
    next: found.next,
  });
}

/** @param bytes a character for each */
const begins = (chunk: Buffer, bytes: string): boolean => chunk.subarray(0, bytes.length).toString("latin1") === bytes;

function refuseUtf16(beginning: Buffer, name: string): void {
  const encoding = isMarkedUtf16(beginning) ? "UTF-16" : unmarkedUtf16(beginning);
  if (encoding === undefined) return;
  throw new PawlError("DATA_INVALID", "the text is not UTF-8", {
    where: `${name}:1`,
    expected: "UTF-8",
    got: "UTF-16",
    next: `iconv -f ${encoding} -t UTF-8 ${name} > converted.txt`,
  });
}

const isMarkedUtf16 = (beginning: Buffer): boolean => ["\xff\xfe", "\xfe\xff"].some((mark) => begins(beginning, mark));

/**
 * ASCII characters, of which every text has some, have their NUL in the same half of each pair of
 * bytes.
 */
function unmarkedUtf16(beginning: Buffer): string | undefined {
  const nuls: [even: number, odd: number] = [0, 0];
  for (let at = beginning.indexOf(0); at >= 0; at = beginning.indexOf(0, at + 1)) nuls[at % 2]!++;
  const isUtf16 = Math.min(...nuls) === 0 && Math.max(...nuls) > beginning.length / 50;
  return isUtf16 ? (nuls[0] > 0 ? "UTF-16BE" : "UTF-16LE") : undefined;
}

function notText(name: string, index: number): PawlError {
  return new PawlError("DATA_INVALID", "the file holds a NUL, which no text has", {
    where: name,
    expected: "text in UTF-8",
    got: `a NUL after ${index} bytes`,
    next: `check the file; to remove every NUL: tr -d '\\000' < ${name} > converted.txt`,
  });
}
