type TextAlign = "left" | "center" | "right" | "start" | "end";

/** What is used of a canvas to draw a chart; colors are text. */
export interface ChartCanvas {
  font: string;
  strokeStyle: unknown;
  fillStyle: unknown;
  lineWidth: number;
  textAlign: TextAlign;
  globalAlpha: number;
  beginPath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  rect(x: number, y: number, width: number, height: number): void;
  arc(x: number, y: number, radius: number, from: number, to: number): void;
  stroke(): void;
  fill(): void;
  clip(): void;
  save(): void;
  restore(): void;
  setLineDash(dashes: number[]): void;
  fillText(text: string, x: number, y: number): void;
  fillRect(x: number, y: number, width: number, height: number): void;
}

const anchors: Partial<Record<TextAlign, string>> = { center: "middle", right: "end" };
const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => entities[sign]!);
/** Tenths of a pixel. */
const at = (value: number): number => Math.round(10 * value) / 10;

/** A canvas that keeps what is drawn as SVG, so that a chart in a file is the one on the screen. */
export class SvgCanvas implements ChartCanvas {
  font = "";
  strokeStyle = "";
  fillStyle = "";
  lineWidth = 1;
  textAlign: TextAlign = "left";
  globalAlpha = 1;
  #parts: string[] = [];
  #path = "";
  #dashes: number[] = [];
  /** For each `save`, the groups that were opened since. */
  #groups: number[] = [];
  #clips = 0;

  beginPath(): void {
    this.#path = "";
  }
  moveTo(x: number, y: number): void {
    this.#path += `M${at(x)} ${at(y)}`;
  }
  /** As on a canvas, the first one of a path only moves there. */
  lineTo(x: number, y: number): void {
    this.#path += `${this.#path === "" ? "M" : "L"}${at(x)} ${at(y)}`;
  }
  rect(x: number, y: number, width: number, height: number): void {
    this.#path += `M${at(x)} ${at(y)}h${at(width)}v${at(height)}h${at(-width)}z`;
  }
  /** A whole circle: no other arc is drawn. */
  arc(x: number, y: number, radius: number): void {
    const half = `a${radius} ${radius} 0 0 0 `;
    this.#path += `M${at(x - radius)} ${at(y)}${half}${2 * radius} 0${half}${-2 * radius} 0z`;
  }
  stroke(): void {
    if (this.#path === "") return;
    const dashes = this.#dashes.length > 0 ? ` stroke-dasharray="${this.#dashes.join(" ")}"` : "";
    const line = `fill="none" stroke="${escaped(this.strokeStyle)}" stroke-width="${this.lineWidth}"${dashes}`;
    this.#parts.push(`<path d="${this.#path}" ${line}/>`);
  }
  fill(): void {
    this.#parts.push(`<path d="${this.#path}" fill="${escaped(this.fillStyle)}"/>`);
  }
  clip(): void {
    const id = `clip-${++this.#clips}`;
    this.#parts.push(`<clipPath id="${id}"><path d="${this.#path}"/></clipPath><g clip-path="url(#${id})">`);
    this.#groups[this.#groups.length - 1]!++;
  }
  save(): void {
    this.#groups.push(0);
  }
  restore(): void {
    this.#parts.push("</g>".repeat(this.#groups.pop() ?? 0));
  }
  setLineDash(dashes: number[]): void {
    this.#dashes = dashes;
  }
  fillText(text: string, x: number, y: number): void {
    const anchor = anchors[this.textAlign];
    const place = `x="${at(x)}" y="${at(y)}"${anchor === undefined ? "" : ` text-anchor="${anchor}"`}`;
    this.#parts.push(`<text ${place} fill="${escaped(this.fillStyle)}">${escaped(text)}</text>`);
  }
  fillRect(x: number, y: number, width: number, height: number): void {
    const place = `x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}"`;
    this.#parts.push(`<rect ${place} fill="${escaped(this.fillStyle)}"/>`);
  }

  /** The text of a file; all of it is drawn in the font that was set last. @param title for screen readers */
  text(title: string, width: number, height: number): string {
    const size = `width="${at(width)}" height="${at(height)}" viewBox="0 0 ${at(width)} ${at(height)}"`;
    const [, fontSize, family] = /^(\d+)px (.*)$/.exec(this.font) ?? ["", "11", "sans-serif"];
    const font = `font-size="${fontSize}" font-family="${family}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${font} role="img"><title>${escaped(title)}</title>\n${this.#parts.join("\n")}\n</svg>\n`;
  }
}
