const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
const clearToEnd = "\u001b[K";
const clearBelow = "\u001b[J";

/** A block of lines at the bottom of a terminal, redrawn in place. Each drawing is one write, so that it never flickers. */
export class Screen {
  private drawn = 0;
  constructor(private readonly write: (text: string) => void) {}

  /** Lines must not be wider than the terminal. */
  draw(lines: string[]): void {
    const up = this.drawn > 0 ? `\u001b[${this.drawn}A` : "";
    const body = lines.map((line) => `\r${line}${clearToEnd}\n`).join("");
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
    this.write(`${this.drawn > 0 ? `\u001b[${this.drawn}A` : ""}\r${clearBelow}${showCursor}`);
    this.drawn = 0;
  }
}
