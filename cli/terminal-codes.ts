import { randomInt } from "node:crypto";
import picocolors from "picocolors";
import { printable } from "../platform/text/printable.js";

/**
 * An extra parameter distinguishes what steers a terminal from what is shown on it. Every escape
 * code of Pawl carries a number that was drawn when the process started; no run id, file name,
 * message or response of a model can know it. `release` removes the number; every other control
 * character is shown instead of obeyed.
 */
const mark = String(randomInt(1_000_000_000, 2 ** 47));
const escape = "\u001b";
const ownCode = new RegExp(`${escape}\\[([?\\d;]*);${mark}([A-Za-z])`, "g");

/** An escape code of Pawl's own, from what follows `ESC [`: `2A`, `?25l`, `31m`. */
export function ownEscape(code: string): string {
  return `${escape}[${code.slice(0, -1)};${mark}${code.slice(-1)}`;
}

/**
 * Text that is safe for a terminal: printable, with Pawl's own codes as the terminal expects them.
 * @param obeyed whether a terminal reads it; otherwise Pawl's own codes are removed
 */
export function release(text: string, obeyed = true): string {
  const parts: string[] = [];
  let from = 0;
  for (const { 0: found, 1: before = "", 2: letter = "", index } of text.matchAll(ownCode)) {
    parts.push(printable(text.slice(from, index)), obeyed ? `${escape}[${before}${letter}` : "");
    from = index + found.length;
  }
  return [...parts, printable(text.slice(from))].join("");
}

export type Colors = ReturnType<typeof picocolors.createColors>;

/** Colors whose codes are Pawl's own. */
export function ownColors(enabled: boolean): Colors {
  const { isColorSupported, ...paints } = picocolors.createColors(enabled);
  const owned = Object.entries(paints).map(([name, paint]) => [name, own(paint)]);
  return { isColorSupported, ...Object.fromEntries(owned) } as Colors;
}

/** The codes that a color puts around a text. */
function own(paint: (text: string) => string): (text: unknown) => string {
  const codes = [...paint("x").matchAll(/\u001b\[(\d+m)/g)].map(([, code]) => ownEscape(code!));
  const [open = "", close = ""] = codes;
  return (text) => `${open}${String(text)}${close}`;
}
