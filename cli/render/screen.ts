import { ownEscape } from "../terminal-codes.js";
import { plain } from "./values.js";
import { displayWidth } from "./width.js";

const hideCursor = ownEscape("?25l");
const showCursor = ownEscape("?25h");
const firstColumn = ownEscape("1G");
const clearToEnd = ownEscape("0K");
const clearBelow = ownEscape("0J");

/**
 * A block of lines at the bottom of a terminal, redrawn in place. Each drawing is one write, and
 * holds only the lines that have changed, so that it never flickers.
 */
export class Screen {
  private drawn: string[] = [];
  private columns = 0;
  /** @param write to where own escape codes are released: Terminal.write */
  constructor(private readonly write: (text: string) => void) {}

  /** @param columns of the terminal; lines must not be wider */
  draw(lines: string[], columns: number): void {
    const isSame = columns === this.columns;
    if (isSame && lines.join("\n") === this.drawn.join("\n")) return;
    const body = lines.map((line, i) => (isSame && line === this.drawn[i] ? "\n" : drawnLine(line, columns))).join("");
    this.write(`${hideCursor}${this.upAndLeft(columns)}${body}${clearBelow}`);
    this.drawn = lines;
    this.columns = columns;
  }

  /** Leaves what is drawn where it is; later text comes below. */
  release(): void {
    this.write(showCursor);
    this.drawn = [];
  }

  /** Wipes the block away. */
  clear(): void {
    this.write(`${this.upAndLeft(this.columns)}${clearBelow}${showCursor}`);
    this.drawn = [];
  }

  /** To the block's first line. A terminal that has become narrower has broken its lines. */
  private upAndLeft(columns: number): string {
    const heights = this.drawn.map((line) => Math.max(1, Math.ceil(displayWidth(plain(line)) / columns)));
    const up = heights.reduce((sum, height) => sum + height, 0);
    return `${up > 0 ? ownEscape(`${up}A`) : ""}${firstColumn}`;
  }
}

/**
 * A line that replaces another. After one as wide as the terminal, the cursor still stands on its
 * last character.
 */
function drawnLine(line: string, columns: number): string {
  return `${firstColumn}${line}${displayWidth(plain(line)) < columns ? clearToEnd : ""}\n`;
}
