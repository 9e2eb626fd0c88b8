import { writeFileSync } from "node:fs";
import { whenAborted } from "../../../platform/processes/when-aborted.js";
import { untilStopped } from "../../../cli/stop-signal.js";
import { processTerminal } from "../../../cli/terminal.js";

/**
 * A verb that ends in order, as `pawl worker` does: writes while it stops, and leaves a file once
 * it has ended. Arguments: the file; a code of an error that both streams then give (none: what the
 * pipes give).
 */
const [ended = "", code] = process.argv.slice(2);

async function main(): Promise<void> {
  const terminal = processTerminal();
  const stop = untilStopped();
  // A listener for signals alone keeps no process alive.
  const alive = setInterval(() => undefined, 1000);
  terminal.out("ready");
  await whenAborted(stop);
  for (let turn = 0; turn < 20; turn++) {
    terminal.out("stopping");
    terminal.note("stopping");
    if (code !== undefined)
      for (const stream of [process.stdout, process.stderr]) stream.emit("error", Object.assign(new Error(), { code }));
    await new Promise(setImmediate);
  }
  writeFileSync(ended, "ended");
  clearInterval(alive);
}

void main();
