import type { Pair } from "../../formats/pairs.js";
import type { Colours } from "../terminal.js";

type ShownPair = Pick<Pair, "prompt" | "first" | "second">;

/** A pair as a person reads it: the prompt, and both responses. */
export function pairText({ prompt, first, second }: ShownPair, colours: Colours): string {
  return [
    colours.bold(printable(prompt)),
    "",
    `${colours.cyan("1")}  ${indented(first)}`,
    "",
    `${colours.cyan("2")}  ${indented(second)}`,
  ].join("\n");
}

/** Text on one line. */
export function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, " ").trim();
}

const indented = (text: string): string => printable(text.trim()).replaceAll("\n", "\n   ");

/** What a model wrote must not move the cursor or change colours. */
export function printable(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, "\uFFFD");
}
