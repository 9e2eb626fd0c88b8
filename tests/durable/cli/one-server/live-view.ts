import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { Terminal } from "@xterm/headless";
import type { Sizes } from "../shell.js";
import { shell } from "./shell.js";

const gate = path.join(shell.directory, "gate");

shell.pipeline(
  "long",
  `stages:
  first:
    uses: dataset
    with: { source: { text: "one\\ntwo\\n" }, unit: line }
  fine-tune-on-the-novel:
    uses: command
    needs: first
    with:
      shell: true
      run: |
        echo '{"event":"progress","phase":"train","done":6,"total":20,"metrics":{"loss":3.5,"tokensPerSecond":7912}}' >&$PAWL_EVENTS
        cat gate > "$PAWL_OUTPUTS/a"
      outputs: { a: files }
  last:
    uses: dataset
    needs: fine-tune-on-the-novel
    with: { source: { text: "one\\ntwo\\n" }, unit: line }
`,
);

const sizes: Sizes = [80, 24, 120, 12];

/**
 * The lines that a terminal shows after this output.
 * @param resizedAt how much of it came before the resize
 */
async function screenAfter(output: string, resizedAt = output.length): Promise<string[]> {
  const [columns, rows, columnsThen, rowsThen] = sizes;
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true });
  const write = (text: string): Promise<void> => new Promise((done) => terminal.write(text, done));
  await write(output.slice(0, resizedAt));
  if (resizedAt < output.length) {
    terminal.resize(columnsThen, rowsThen);
    await write(output.slice(resizedAt));
  }
  const { active } = terminal.buffer;
  const lines = Array.from({ length: terminal.rows }, (_, row) => active.getLine(active.baseY + row));
  return lines.map((line) => line?.translateToString(true) ?? "");
}

test("a terminal of 80 columns shows what runs and what waits; a wider one shows more, in the same place", async () => {
  execFileSync("mkfifo", [gate]);
  const command = shell.start(["run", "long", "--id", "long-1"], { terminal: sizes });
  await command.printed(/3\.500/);
  const resizedAt = command.output().length;
  const narrow = await screenAfter(command.output());
  expect(narrow.filter((line) => line.startsWith("long-1"))).toEqual([
    expect.stringMatching(/^long-1 {2}● running \d+ % {2}1 of 3 done/),
  ]);
  expect(narrow).toContainEqual(expect.stringMatching(/^ {2}✓ first +dataset/));
  expect(narrow).toContainEqual(
    expect.stringMatching(
      /^ {2}● fine-tune-….*the-novel {2}command {2}▓▓▓░{7} 6\/20 {2}loss 3\.500 {2}(\d+ s|\d+m \d\ds) left$/,
    ),
  );
  expect(narrow).toContainEqual(expect.stringMatching(/^ {2}○ last +dataset {2}waits for fine-tune-on-the-novel/));
  expect(narrow).toContainEqual(expect.stringMatching(/^ {2}Ctrl-C: leave/));

  command.resize();
  await command.printed(/▓▓▓░{7} 6\/20 steps {2}loss 3\.500 {2}7\.9k tok\/s/);
  const wide = await screenAfter(command.output(), resizedAt);
  expect(wide.filter((line) => line.startsWith("long-1"))).toHaveLength(1);
  expect(wide.filter((line) => line.includes("● fine-tune-on-the-novel"))).toEqual([
    expect.stringContaining("7.9k tok/s"),
  ]);
  expect(wide.filter((line) => line.includes("○ last"))).toHaveLength(1);

  writeFileSync(gate, "done");
  expect(await command.ended).toMatchObject({ code: 0, out: expect.stringContaining("succeeded in") });
});
