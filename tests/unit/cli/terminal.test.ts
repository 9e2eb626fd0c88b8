import { PassThrough } from "node:stream";
import { processTerminal, type Terminal } from "../../../cli/terminal.js";

/** A terminal of these streams (true: a screen, false: a file), and what was written to each. */
function terminalOf(stdoutIsTTY: boolean, stderrIsTTY: boolean, env: NodeJS.ProcessEnv = {}) {
  const stream = (isTTY: boolean) => Object.assign(new PassThrough(), isTTY ? { isTTY } : {});
  const [stdout, stderr] = [stream(stdoutIsTTY), stream(stderrIsTTY)];
  const streams = { stdin: stream(true), stdout, stderr, env } as unknown as Parameters<typeof processTerminal>[0];
  const said = (write: (terminal: Terminal) => void) => {
    write(processTerminal(streams));
    return { out: String(stdout.read() ?? ""), note: String(stderr.read() ?? "") };
  };
  return said;
}

const inRed = "\u001b[31mx\u001b[39m\n";

test.each([
  [true, true, inRed, inRed],
  [true, false, inRed, "x\n"],
  [false, true, "x\n", inRed],
  [false, false, "x\n", "x\n"],
])("standard output a screen: %s, standard error: %s: codes go to screens only", (stdout, stderr, out, note) => {
  const write = (terminal: Terminal): void => {
    terminal.out(terminal.colors.red("x"));
    terminal.note(terminal.colors.red("x"));
  };
  expect(terminalOf(stdout, stderr)(write)).toEqual({ out, note });
  expect(terminalOf(stdout, stderr, { NO_COLOR: "1" })(write)).toEqual({ out: "x\n", note: "x\n" });
});
