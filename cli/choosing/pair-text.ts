import type { Pair } from "../../formats/pairs.js";
import type { Colors } from "../terminal.js";

type ShownPair = Pick<Pair, "prompt" | "first" | "second">;

/** A pair as a person reads it: the prompt, and both responses. */
export function pairText({ prompt, first, second }: ShownPair, colors: Colors): string {
  return [
    colors.bold(prompt),
    "",
    `${colors.cyan("1")}  ${indented(first)}`,
    "",
    `${colors.cyan("2")}  ${indented(second)}`,
  ].join("\n");
}

const indented = (text: string): string => text.trim().replaceAll("\n", "\n   ");
