import { closeSync, mkdirSync, openSync } from "node:fs";
import path from "node:path";
import { diskFullError, isDiskFull } from "../../platform/disk-full.js";
import { writeAll } from "../../store/history/append.js";

/** Bytes to keep from the beginning and from the end of a program's output. */
const keptOfEach = 1 << 20;
/** Lines that are kept for an error. */
const lastLines = 12;

/** What a program prints, in a file of bounded size: its beginning, and its end. */
export class OutputFile {
  readonly file: string;
  readonly #descriptor: number;
  #written = 0;
  /** What is not written yet: the end of the output. */
  #tail: Buffer = Buffer.alloc(0);
  #leftOut = 0;

  constructor(file: string) {
    mkdirSync(path.dirname(file), { recursive: true });
    this.file = file;
    this.#descriptor = openSync(file, "w", 0o600);
  }

  /** @throws PawlError DISK_FULL, system errors */
  write(bytes: Buffer): void {
    const head = bytes.subarray(0, Math.max(0, keptOfEach - this.#written));
    this.#append(head);
    this.#written += head.length;
    if (head.length === bytes.length) return;
    const tail = Buffer.concat([this.#tail, bytes.subarray(head.length)]);
    // Truncated from time to time, not at every write.
    const over = tail.length > 2 * keptOfEach ? tail.length - keptOfEach : 0;
    this.#leftOut += over;
    this.#tail = over === 0 ? tail : Buffer.from(tail.subarray(over));
  }

  /**
   * Writes the end.
   * @returns the number of bytes that were left out between beginning and end
   * @throws PawlError DISK_FULL, system errors
   */
  close(): number {
    const over = Math.max(0, this.#tail.length - keptOfEach);
    this.#leftOut += over;
    this.#tail = this.#tail.subarray(over);
    try {
      if (this.#leftOut > 0) this.#append(Buffer.from(`\n… ${this.#leftOut} bytes left out …\n`));
      this.#append(this.#tail);
    } finally {
      closeSync(this.#descriptor);
    }
    return this.#leftOut;
  }

  #append(bytes: Buffer): void {
    try {
      writeAll(this.#descriptor, bytes);
    } catch (error) {
      // Measured now: when the stage ends, what its program wrote is removed.
      throw isDiskFull(error) ? diskFullError(error, [path.dirname(this.file)]) : error;
    }
  }
}

/** The last lines that a program printed, for an error. */
export class LastLines {
  #text = "";

  add(bytes: Buffer): void {
    this.#text = (this.#text + bytes.toString("utf8")).slice(-4096);
  }

  /** Whether a phrase occurs in the last 4,096 characters, which is more than an error shows. */
  include(words: string): boolean {
    return this.#text.includes(words);
  }

  text(): string {
    return this.#text.trimEnd().split("\n").slice(-lastLines).join("\n");
  }
}
