import { writeFileSync } from "node:fs";
import { processTerminal } from "../../../cli/terminal.js";

/**
 * A verb that prints until nobody reads it; with the second argument `note` 1,000 lines on standard
 * error. The first argument names a file that is left at the end.
 */
const [ended = "", where] = process.argv.slice(2);

async function main(): Promise<void> {
  const terminal = processTerminal();
  terminal.out("ready");
  for (let line = 0; where !== "note" || line < 1000; line++) {
    terminal[where === "note" ? "note" : "out"]("line");
    await new Promise(setImmediate);
  }
  writeFileSync(ended, "ended");
}

void main();
