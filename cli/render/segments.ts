import { cut } from "./values.js";
import { characterWidth, displayWidth } from "./width.js";

/** A part of a line. */
export interface Segment {
  /** One line without escape codes. */
  text: string;
  paint?: (text: string) => string;
  /** Where a line is too long, segments with a rank are left out, the highest first. */
  rank?: number;
  /** One space before it instead of two, if the segment before is shown: it belongs to that. */
  close?: boolean;
}

export interface FittedLine {
  text: string;
  /** The lowest rank that was left out; Infinity: none was. */
  leftOut: number;
}

/**
 * A line of at most `width` columns: segments with a rank yield, and what is left is cut. Empty
 * segments are left out.
 */
export function fitted(segments: readonly Segment[], width: number): FittedLine {
  const visible = segments.filter(({ text }) => text !== "");
  let kept = visible.map((segment, index) => ({ ...segment, place: index }));
  let leftOut = Infinity;
  const gapBefore = (i: number): string => {
    if (i === 0) return "";
    const follows = kept[i - 1]!.place === kept[i]!.place - 1;
    return kept[i]!.close && follows ? " " : "  ";
  };
  const taken = (): number => kept.reduce((sum, { text }, i) => sum + displayWidth(text) + gapBefore(i).length, 0);
  while (taken() > width) {
    const highest = Math.max(...kept.map(({ rank = -1 }) => rank));
    if (highest < 0) break;
    kept = kept.filter(({ rank }) => rank !== highest);
    leftOut = highest;
  }
  const line = kept.map(({ text, paint = String }, i) => gapBefore(i) + paint(text)).join("");
  return { text: cut(line, width), leftOut };
}

/** A text with spaces behind it, `columns` wide. */
export function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - displayWidth(text)));
}

/**
 * A name of at most `columns` columns, which keeps its beginning and its end: those of long names
 * are what differs.
 */
export function shortened(name: string, columns: number): string {
  if (displayWidth(name) <= columns) return name;
  const room = Math.max(0, columns - 1);
  const end = takeColumns([...name].reverse(), Math.floor(room / 2));
  const start = takeColumns([...name], room - displayWidth(end.join("")));
  return `${start.join("")}…${end.reverse().join("")}`;
}

/**
 * A text in lines of at most `width` columns, broken between words; a word that is longer is broken
 * where the line ends.
 * @param most further lines are left out, and the last one then ends with `…`
 */
export function wrapped(text: string, width: number, most = Infinity): string[] {
  if (width === Infinity) return text === "" ? [] : [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").filter(Boolean)) {
    let remaining = [...word];
    const longer = line === "" ? word : `${line} ${word}`;
    if (displayWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    while (displayWidth(remaining.join("")) > width) {
      const part = takeColumns(remaining, width);
      // No character fits.
      if (part.length === 0) break;
      lines.push(part.join(""));
      remaining = remaining.slice(part.length);
    }
    line = remaining.join("");
  }
  if (line !== "") lines.push(line);
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), cut(`${lines[most - 1]!} …`, width)];
}

/** The first characters that fit into `columns`. */
function takeColumns(characters: readonly string[], columns: number): string[] {
  let room = columns;
  const end = characters.findIndex((character) => (room -= characterWidth(character)) < 0);
  return end < 0 ? [...characters] : characters.slice(0, end);
}
