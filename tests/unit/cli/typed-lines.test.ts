import { PassThrough } from "node:stream";
import { typedLines } from "../../../cli/chatting/lines.js";
import { recordedTerminal } from "../../support/terminal.js";

const ctrlC = "\u0003";
const ctrlD = "\u0004";

/** A keyboard and a screen, as a terminal has them. */
function typing() {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const lines = typedLines(recordedTerminal(), { stdin, stdout });
  /** Settles when the keys have been read. */
  const press = async (keys: string): Promise<void> => {
    stdin.write(keys);
    while (stdin.readableLength > 0) await new Promise(setImmediate);
  };
  const shown = (): string => String(stdout.read() ?? "");
  return { stdin, lines, press, shown };
}

test.each([
  ["Ctrl-D", ctrlD],
  ["a quick double Ctrl-C", ctrlC + ctrlC],
])("%s during an answer ends the conversation: no prompt, and nothing keeps the process", async (_, keys) => {
  const { stdin, lines, press, shown } = typing();
  const first = lines.next();
  await press("hello\r");
  expect(await first).toBe("hello");
  const responding = lines.responding();
  shown();
  await press(keys);
  expect(responding.aborted).toBe(keys !== ctrlD);
  expect(await lines.next()).toBeUndefined();
  expect(shown()).not.toContain("> ");
  expect(stdin.isPaused()).toBe(true);
});

test("what was typed ahead of Ctrl-D is asked; what was typed ahead of a double Ctrl-C is not", async () => {
  for (const [keys, expected] of [
    [ctrlD, "more"],
    [ctrlC + ctrlC, undefined],
  ] as const) {
    const { lines, press } = typing();
    const first = lines.next();
    await press("hello\r");
    await first;
    lines.responding();
    await press(`more\r${keys}`);
    expect(await lines.next()).toBe(expected);
    expect(await lines.next()).toBeUndefined();
  }
});

test("one Ctrl-C stops the answer, and the next line is asked for", async () => {
  const { lines, press, shown } = typing();
  const first = lines.next();
  await press("hello\r");
  await first;
  const responding = lines.responding();
  await press(ctrlC);
  expect(responding.aborted).toBe(true);
  shown();
  const second = lines.next();
  await press("more\r");
  expect(await second).toBe("more");
  expect(shown()).toContain("> ");
  lines.close();
});
