import { PawlError } from "../../../platform/errors.js";
import { maxColumns, tooManyColumns } from "./column-count.js";
import { readChunks } from "../rows/text.js";
import type { LocalFile } from "../sources/local-file.js";

/**
 * Maximum number of levels of lists and objects, the record itself included. DuckDB's reader calls
 * itself for each: types of more levels exceed its limits, and some ten thousand levels end the
 * process.
 */
const maxLevels = 160;

/**
 * Refuses what DuckDB's reader accepts although it is not JSON (a comma before a closing bracket,
 * NaN, Infinity), and what it cannot read (too many levels, too many keys). It finds everything
 * else that is wrong with a file itself.
 * @throws PawlError DATA_INVALID with the line
 */
export async function checkJson(file: LocalFile): Promise<void> {
  const check = new JsonCheck(file.name);
  for await (const chunk of readChunks(file)) check.add(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  check.end();
}

const [other, space, letter, ofNumber, quote, opening, closing, comma] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
/** The class of each byte outside of strings. */
const kinds = new Uint8Array(256).fill(other);
for (const [characters, kind] of [
  [" \t\r\n", space],
  ["abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", letter],
  ["0123456789+-.", ofNumber],
  ['"', quote],
  ["[{", opening],
  ["]}", closing],
  [",", comma],
] as const)
  for (const character of characters) kinds[character.charCodeAt(0)] = kind;

const newline = 0x0a;
const quoteByte = 0x22;
const backslash = 0x5c;
const list = 0x5b;
const object = 0x7b;
/** For `1e3` and `1E3`. */
const exponents = [0x65, 0x45];
const words = ["true", "false", "null"];

class JsonCheck {
  #line = 1;
  #levels = 0;
  /** The level of records: 2 inside a list. */
  #recordLevel = 1;
  /** The last byte outside of texts that is not a space. */
  #last = 0;
  #context: "outside" | "text" | "escaped" | "word" | "number" = "outside";
  /** The word, or the key of a record, that has begun. */
  #begun = "";
  #isKey = false;
  readonly #keys = new Set<string>();

  constructor(private readonly name: string) {}

  add(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) at = this.#step(chunk, at);
  }

  end(): void {
    if (this.#context === "word") this.#endWord();
  }

  /** @returns where the next step begins */
  #step(chunk: Buffer, at: number): number {
    switch (this.#context) {
      case "text":
        return this.#text(chunk, at);
      case "escaped":
        if (this.#isKey) this.#begun += String.fromCharCode(chunk[at]!);
        this.#context = "text";
        return at + 1;
      case "word":
        return this.#word(chunk, at);
      case "number": {
        let end = at;
        while (end < chunk.length && (kinds[chunk[end]!] === ofNumber || exponents.includes(chunk[end]!))) end++;
        if (end < chunk.length) this.#context = "outside";
        return end;
      }
      case "outside":
        this.#outside(chunk[at]!);
        return kinds[chunk[at]!] === letter ? at : at + 1;
    }
  }

  #text(chunk: Buffer, at: number): number {
    const found = chunk.indexOf(quoteByte, at);
    const end = found < 0 ? chunk.length : found;
    if (this.#isKey) this.#begun += chunk.toString("latin1", at, end);
    let backslashes = 0;
    while (end - backslashes > at && chunk[end - backslashes - 1] === backslash) backslashes++;
    if (backslashes % 2 === 1) {
      this.#context = "escaped";
      return end;
    }
    if (found < 0) return end;
    this.#context = "outside";
    if (this.#isKey) this.#endKey();
    return end + 1;
  }

  #word(chunk: Buffer, at: number): number {
    let end = at;
    while (end < chunk.length && kinds[chunk[end]!] === letter) end++;
    this.#begun += chunk.toString("latin1", at, end);
    if (end < chunk.length) this.#endWord();
    return end;
  }

  #outside(byte: number): void {
    const kind = kinds[byte];
    if (kind === space) {
      if (byte === newline) this.#line++;
      return;
    }
    if (kind === opening) this.#open(byte);
    else if (kind === closing) this.#close(byte);
    else if (kind === ofNumber) this.#context = "number";
    else if (kind === letter) {
      this.#begun = "";
      this.#context = "word";
    } else if (kind === quote) {
      this.#isKey = this.#levels === this.#recordLevel && (this.#last === object || kinds[this.#last] === comma);
      this.#begun = "";
      this.#context = "text";
    }
    this.#last = byte;
  }

  #open(byte: number): void {
    if (this.#levels === 0) this.#recordLevel = byte === list ? 2 : 1;
    this.#levels++;
    if (this.#levels > maxLevels)
      throw this.#fault("the data are nested too deeply", {
        expected: `at most ${maxLevels} levels of lists and objects`,
        got: "more",
        next: "write the inner levels as text, or leave them out",
      });
  }

  #close(byte: number): void {
    this.#levels--;
    if (kinds[this.#last] === comma)
      throw this.#fault("the data are not JSON", {
        expected: "no comma before a closing bracket",
        got: `,${String.fromCharCode(byte)}`,
        next: "remove the comma",
      });
  }

  #endWord(): void {
    this.#context = "outside";
    if (words.includes(this.#begun)) return;
    throw this.#fault("the data are not JSON", {
      expected: "true, false, null, a number, or text in double quotes",
      got: this.#begun.slice(0, 80),
      next: "write null for a number that is missing, or put text in double quotes",
    });
  }

  #endKey(): void {
    this.#keys.add(this.#begun);
    if (this.#keys.size > maxColumns)
      throw tooManyColumns(`${this.name}:${this.#line}`, `more than ${maxColumns} different keys`);
  }

  #fault(message: string, facts: { expected: string; got: string; next: string }): PawlError {
    return new PawlError("DATA_INVALID", message, { where: `${this.name}:${this.#line}`, ...facts });
  }
}
