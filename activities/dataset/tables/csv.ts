import { isUtf8 } from "node:buffer";
import { splitLines } from "../../../formats/lines.js";
import { PawlError } from "../../../platform/errors.js";
import { maxColumns, tooManyColumns } from "./column-count.js";
import { shortText } from "../../../platform/json.js";
import { notUtf8, readChunks } from "../rows/text.js";
import type { LocalFile } from "../sources/local-file.js";

/**
 * CSV as RFC 4180 describes it: fields in quotes may hold delimiters, line ends and doubled quotes,
 * a quote elsewhere in a field is text, and no character begins a comment. Departures: the
 * delimiter is detected, spaces around a quoted field are ignored, and blank lines are not rows (in
 * a file of one column they are rows without a value).
 *
 * Everything about the file is detected here, by reading it once, so that DuckDB has nothing to
 * guess: its guesses come from a sample of rows.
 */
export interface CsvFacts {
  delimiter: string;
  /** Blank lines before the header line. */
  blankBefore: number;
  /** Columns; 0 in a file that holds only blank lines. */
  columns: number;
  /** Rows below the header line. */
  rows: number;
  /** Blank lines below the header line that are not rows. */
  blankLines: number;
  /** Whether lines end in `\n` and in `\r\n`. */
  mixedLineEnds: boolean;
  /** Bytes of the longest row. */
  maxRowBytes: number;
}

const quote = 0x22;
const space = 0x20;
const carriageReturn = 0x0d;

/** Delimiters that are tried; of equally good ones, the first is used. */
const candidates = [",", ";", "\t", "|"];
/** Occurs in no text: a file of one column is never cut. */
const noDelimiter = "\u001f";
/** The part of the file by which the delimiter is detected. */
const sampleRows = 200;
const sampleBytes = 1 << 20;

/**
 * Reads a CSV file once.
 * @param delimiter absent: the one that cuts the first rows into the most equal numbers of fields
 * @throws PawlError DATA_INVALID with the line, if a row does not have as many fields as the header
 *   line, two columns have one name, a quoted field is not closed or is followed by text, a
 *   carriage return does not end a line, there are too many columns, or the text is not UTF-8
 */
export async function scanCsv(file: LocalFile, delimiter?: string): Promise<CsvFacts> {
  const scan = new Scan(file, delimiter ?? (await findDelimiter(file)));
  for await (const line of csvLines(file)) scan.add(line);
  return scan.finish();
}

/**
 * The bytes of a CSV file, without a byte order mark, with `\n` behind every row, and without blank
 * lines before the column names. Line ends inside quoted fields stay.
 */
export async function* withPlainLineEnds(file: LocalFile, facts: CsvFacts): AsyncGenerator<Uint8Array> {
  const rows = new RowCounter(facts.delimiter);
  let skip = facts.blankBefore;
  for await (const line of csvLines(file)) {
    if (skip-- > 0) continue;
    const isWhole = rows.add(line) !== undefined;
    yield isWhole && line.at(-1) === carriageReturn ? line.subarray(0, -1) : line;
    yield newline;
  }
}

const newline = Buffer.from("\n");

/** The lines of a file without its byte order mark. */
async function* csvLines(file: LocalFile): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const line of splitLines(readChunks(file), file.name)) {
    const hasMark = isFirst && line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf;
    yield hasMark ? line.subarray(3) : line;
    isFirst = false;
  }
}

async function findDelimiter(file: LocalFile): Promise<string> {
  const sample: Buffer[] = [];
  let bytes = 0;
  for await (const line of csvLines(file)) {
    if (!isBlank(line)) sample.push(line);
    bytes += line.length;
    if (sample.length >= sampleRows || bytes >= sampleBytes) break;
  }
  const scored = candidates.map((candidate) => ({ candidate, ...measureFit(sample, candidate) }));
  const [best] = scored.filter(({ columns }) => columns > 1).sort((a, b) => b.fit - a.fit || b.columns - a.columns);
  return best?.candidate ?? noDelimiter;
}

/**
 * Fields of the first row, and the share of rows that have as many; a row with a fault has none.
 */
function measureFit(sample: readonly Buffer[], delimiter: string): { columns: number; fit: number } {
  const rows = new RowCounter(delimiter);
  const counts = sample.flatMap((line) => rows.add(line) ?? []).map(Number);
  const [columns = 1] = counts;
  return { columns, fit: counts.filter((fields) => fields === columns).length / Math.max(1, counts.length) };
}

/** Errors of a row that do not depend on its number of fields. */
type RowFault = "text behind quotes" | "carriage return";

/** Counts the fields of rows, line by line. */
class RowCounter {
  /** Inside a quoted field. */
  isOpen = false;
  #fields = 1;
  readonly #delimiter: Buffer;

  constructor(delimiter: string) {
    this.#delimiter = Buffer.from(delimiter);
  }

  /**
   * @returns the fields of the row that ends with this line, or what is wrong with it; undefined:
   *   the row continues
   */
  add(line: Buffer): number | RowFault | undefined {
    const end = line.at(-1) === carriageReturn ? line.length - 1 : line.length;
    const hasReturn = isBetween(line.indexOf(carriageReturn), 0, end);
    if (!this.isOpen) this.#fields = 1;
    for (let at = 0; ;) {
      if (!this.isOpen) {
        const start = this.#skipSpaces(line, at);
        if (start < end && line[start] === quote) {
          this.isOpen = true;
          at = start + 1;
        } else {
          const next = line.indexOf(this.#delimiter, at);
          if (hasReturn && isBetween(line.indexOf(carriageReturn, at), at, next < 0 ? end : next))
            return "carriage return";
          if (next < 0) return this.#fields;
          at = next;
        }
      }
      if (this.isOpen) {
        at = endOfQuoted(line, at);
        if (at < 0) return undefined;
        this.isOpen = false;
        at = this.#skipSpaces(line, at);
        if (at >= end) return this.#fields;
        if (line[at] === carriageReturn) return "carriage return";
        if (line.indexOf(this.#delimiter, at) !== at) return "text behind quotes";
      }
      this.#fields++;
      at += this.#delimiter.length;
    }
  }

  /** Spaces around a quoted field do not count, unless they are, or begin, the delimiter. */
  #skipSpaces(line: Buffer, from: number): number {
    let at = from;
    if (this.#delimiter[0] !== space) while (line[at] === space) at++;
    return at;
  }
}

const isBetween = (index: number, from: number, to: number): boolean => index >= from && index < to;

/**
 * The position after the quote that ends a quoted field; -1 if the field continues on the next
 * line.
 */
function endOfQuoted(line: Buffer, from: number): number {
  for (let at = from; ;) {
    const found = line.indexOf(quote, at);
    if (found < 0) return -1;
    if (line[found + 1] !== quote) return found + 1;
    at = found + 2;
  }
}

/**
 * The names in a header, without their quotes.
 * @param header whose fields a `RowCounter` has counted
 */
function namesIn(header: string, delimiter: string): string[] {
  const names: string[] = [];
  for (let at = 0; at <= header.length;) {
    const start = delimiter.startsWith(" ") ? at : at + /^ */.exec(header.slice(at))![0].length;
    const quoted = header[start] === '"' ? /^"([^"]*(?:""[^"]*)*)"/.exec(header.slice(start)) : null;
    const end = header.indexOf(delimiter, quoted === null ? at : start + quoted[0].length);
    names.push(quoted === null ? header.slice(at, end < 0 ? undefined : end) : quoted[1]!.replaceAll('""', '"'));
    at = end < 0 ? header.length + 1 : end + delimiter.length;
  }
  return names;
}

const isBlank = (line: Buffer): boolean => line.length === 0 || (line.length === 1 && line[0] === carriageReturn);

class Scan {
  readonly #facts: CsvFacts;
  readonly #rows: RowCounter;
  #line = 0;
  /** The line that the present row begins in, and its bytes so far. */
  #begin = 0;
  #bytes = 0;
  /**
   * Whether the last line outside of quotes ended in `\r\n`; for the last line of the file this is
   * unknown.
   */
  #last: boolean | undefined;
  #ends = new Set<boolean>();
  /** The lines of the column names. */
  readonly #header: Buffer[] = [];

  constructor(
    private readonly file: LocalFile,
    delimiter: string,
  ) {
    this.#rows = new RowCounter(delimiter);
    this.#facts = {
      delimiter,
      blankBefore: 0,
      columns: 0,
      rows: 0,
      blankLines: 0,
      mixedLineEnds: false,
      maxRowBytes: 0,
    };
  }

  add(line: Buffer): void {
    this.#line++;
    if (!isUtf8(line)) throw notUtf8(this.file, this.#line);
    if (this.#last !== undefined) this.#ends.add(this.#last);
    this.#last = line.at(-1) === carriageReturn;
    if (!this.#rows.isOpen) {
      this.#begin = this.#line;
      this.#bytes = 0;
      if (isBlank(line) && this.#blank()) return;
    }
    this.#bytes += line.length + 1;
    if (this.#facts.columns === 0) this.#header.push(line);
    const fields = this.#rows.add(line);
    // A line end inside a quoted field is text.
    this.#last = fields === undefined ? undefined : line.at(-1) === carriageReturn;
    if (fields !== undefined) this.#row(fields);
  }

  finish(): CsvFacts {
    if (this.#rows.isOpen)
      throw this.#fault("a quoted field is not closed", 'a quote " after the field', "the end of the file");
    return { ...this.#facts, mixedLineEnds: this.#ends.size > 1 };
  }

  /** @returns whether the blank line is not a row */
  #blank(): boolean {
    if (this.#facts.columns === 0) this.#facts.blankBefore++;
    else if (this.#facts.columns > 1) this.#facts.blankLines++;
    else return false;
    return true;
  }

  #row(fields: number | RowFault): void {
    const facts = this.#facts;
    if (fields === "text behind quotes")
      throw this.#fault("text follows a quoted field", "a delimiter, or the end of the line", "other characters");
    if (fields === "carriage return") throw this.#strayReturn();
    facts.maxRowBytes = Math.max(facts.maxRowBytes, this.#bytes);
    if (facts.columns === 0) this.#columns(fields);
    else if (fields === facts.columns) facts.rows++;
    else
      throw this.#fault(
        "a row does not have as many fields as the header line",
        `${facts.columns} fields`,
        `${fields} ${fields === 1 ? "field" : "fields"}`,
      );
  }

  #columns(fields: number): void {
    this.#facts.columns = fields;
    const where = `${this.file.name}:${this.#begin}`;
    if (fields > maxColumns) throw tooManyColumns(where, `${fields} columns`);
    const known = new Set<string>();
    for (const name of namesIn(this.#header.join("\n").replace(/\r$/, ""), this.#facts.delimiter)) {
      if (name !== "" && known.has(name.toLowerCase()))
        throw new PawlError("DATA_INVALID", `two columns have the name ${shortText(name)}`, {
          where,
          expected: "names that differ by more than upper and lower case",
          got: shortText([...known, name].join(", ")),
          next: "rename one of them, or remove it",
        });
      known.add(name.toLowerCase());
    }
  }

  #strayReturn(): PawlError {
    const { name } = this.file;
    return new PawlError("DATA_INVALID", "a carriage return outside of quotes does not end a line", {
      where: `${name}:${this.#begin}`,
      expected: "lines that end in \\n or \\r\\n",
      got: "\\r without \\n",
      next: `put the field in quotes; if \\r ends the lines, convert the file: tr '\\r' '\\n' < ${name} > converted.csv`,
    });
  }

  #fault(message: string, expected: string, got: string): PawlError {
    const { delimiter } = this.#facts;
    const cut = delimiter === noDelimiter ? "one column" : `columns cut at ${JSON.stringify(delimiter)}`;
    return new PawlError("DATA_INVALID", message, {
      where: `${this.file.name}:${this.#begin}`,
      expected: `${expected} (${cut})`,
      got,
      next: 'correct the row: a field that holds a delimiter, a quote or a line end must be in quotes: "say ""x"""',
    });
  }
}
