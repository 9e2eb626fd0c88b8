import { characterWidth, displayWidth } from "./width.js";

/**
 * Cuts a line to columns of a terminal; escape codes take no space, and those after the cut are
 * kept so that colors end.
 */
export function cut(line: string, width: number): string {
  if (width === Infinity || displayWidth(plain(line)) <= width) return line;
  let room = width - 1;
  const parts = line.split(/(\u001b\[[0-9;]*m)/).map((part) => {
    if (/^\u001b\[[0-9;]*m$/.test(part)) return part;
    const kept = beginning(part, room);
    room = kept === part ? room - displayWidth(kept) : 0;
    return kept;
  });
  return `${parts.join("")}…`;
}

/** As much of a text as fits into columns of a terminal. */
function beginning(text: string, columns: number): string {
  let room = columns;
  let length = 0;
  for (const character of text) {
    room -= characterWidth(character);
    if (room < 0) break;
    length += character.length;
  }
  return text.slice(0, length);
}

/** A line without its escape codes. */
export function plain(line: string): string {
  return line.replace(/\u001b\[[0-9;]*m/g, "");
}

/** Text as one line: a line break in a name must not look like the end of a line. */
export function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, " ");
}
