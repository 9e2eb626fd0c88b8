import { ownEscape } from "../terminal-codes.js";

const hideCursor = ownEscape("?25l");
const showCursor = ownEscape("?25h");
const firstColumn = ownEscape("1G");
const clearToEnd = ownEscape("0K");
const clearBelow = ownEscape("0J");

/** A block of lines at the bottom of a terminal, redrawn in place. Each drawing is one write, so that it never flickers. */
export class Screen {
  private drawn = 0;
  /** @param write to where own escape codes are released: Terminal.write */
  constructor(private readonly write: (text: string) => void) {}

  /** Lines must not be wider than the terminal. */
  draw(lines: string[]): void {
    const up = this.drawn > 0 ? ownEscape(`${this.drawn}A`) : "";
    const body = lines.map((line) => `${firstColumn}${line}${clearToEnd}\n`).join("");
    this.write(`${hideCursor}${up}${body}${clearBelow}`);
    this.drawn = lines.length;
  }

  /** Leaves what is drawn where it is; later text comes below. */
  release(): void {
    this.write(showCursor);
    this.drawn = 0;
  }

  /** Wipes the block away. */
  clear(): void {
    this.write(`${this.drawn > 0 ? ownEscape(`${this.drawn}A`) : ""}${firstColumn}${clearBelow}${showCursor}`);
    this.drawn = 0;
  }
}
