import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { barelyTrained } from "../shell.js";
import { shell } from "./shell.js";

const rows = ["What holds?", "What turns?", "What bends?"].map((instruction) => ({ instruction, response: "A pawl." }));
writeFileSync(path.join(shell.directory, "prompts.jsonl"), rows.map((row) => JSON.stringify(row) + "\n").join(""));
/** A model that has learned next to nothing writes; a person chooses. */
shell.pipeline(
  "asks",
  `stages:
  prompts:
    uses: dataset
    with: { source: { file: prompts.jsonl } }
${barelyTrained(48)}  prefs:
    uses: collect-preferences
    with:
      model: \${{ stages.base.outputs.model }}
      prompts: ["\${{ stages.prompts.outputs.train }}"]
      maxNewTokens: 8
      count: 2
outputs:
  preferences: \${{ stages.prefs.outputs.train }}
`,
);

interface Listed {
  stage: string;
  items: number;
  target: number;
  chosen: number;
  pairs: { item: number; prompt: string; first: string; second: string; choice: string | null }[];
}

test("a run asks; choices are made, taken back and listed from the command line; then it continues", async () => {
  const run = await shell.detached("asks");
  const watching = shell.start(["watch", run]);
  await watching.printed(/◆ prefs {2}waiting {2}0 of 2 chosen/);
  await watching.printed(new RegExp(`prefs waits for choices: pawl choose ${run}`));

  const [listed] = await shell.json<Listed>("choose", run, "--list");
  expect(listed).toMatchObject({ stage: "prefs", items: 3, target: 2, chosen: 0 });
  expect(listed!.pairs.map(({ item, prompt, choice }) => [item, prompt, choice])).toEqual([
    [1, "What holds?", null],
    [2, "What turns?", null],
    [3, "What bends?", null],
  ]);
  for (const { first, second } of listed!.pairs) expect(first).not.toBe(second);

  const answer = (...args: string[]) => shell.pawl("choose", run, "--item", ...args);
  expect(await answer("3", "--choice", "second")).toMatchObject({
    code: 0,
    out: `prefs: 1 of 2 chosen\n  next: pawl choose ${run}\n`,
  });
  expect((await answer("3", "--withdraw")).out).toContain("prefs: 0 of 2 chosen");
  expect(await answer("4", "--choice", "tie")).toMatchObject({ code: 1, note: expect.stringMatching(/OUT_OF_RANGE/) });
  expect(await answer("3", "--choice", "third")).toMatchObject({ code: 2, note: expect.stringMatching(/bothBad/) });
  expect((await answer("2", "--choice", "first")).code).toBe(0);
  expect((await shell.pawl("choose", run, "--list")).out).toMatch(/^2 +first +What turns\? /m);
  expect((await answer("2")).out).toMatch(/^What turns\?\n\n1 {2}/);

  expect((await shell.pawl("list")).out).toMatch(new RegExp(`${run} +waiting 1 of 2 · pawl choose ${run}`));
  expect((await shell.pawl("status", run)).out).toContain("1/2 choices");
  expect(await shell.pawl("choose", run)).toMatchObject({ code: 1, note: expect.stringMatching(/no terminal/) });

  const files = (...args: string[]) => shell.pawl("choose", run, ...args);
  expect(await files("--export", "tasks.json")).toMatchObject({ code: 0, out: "prefs: written to tasks.json\n" });
  const tasks = path.join(shell.directory, "tasks.json");
  expect((JSON.parse(readFileSync(tasks, "utf8")) as unknown[]).length).toBe(3);
  // What was exported has been chosen already.
  expect((await files("--import", "tasks.json")).out).toContain("1 of 1 choices of tasks.json made");
  expect(await files("--import", "none.json")).toMatchObject({
    code: 1,
    note: expect.stringMatching(/FILE_NOT_FOUND/),
  });
  expect(await files("--import", "prompts.jsonl")).toMatchObject({ note: expect.stringMatching(/DATA_INVALID/) });
  expect(await files("--export", "none/tasks.json")).toMatchObject({ note: expect.stringMatching(/NOT_ALLOWED/) });
  expect(await files("--export", "tasks.json", "--list")).toMatchObject({ note: expect.stringMatching(/combined/) });

  expect((await answer("1", "--choice", "second")).out).toContain("2 of 2 chosen; the stage continues");
  expect(await watching.ended).toMatchObject({ code: 0, out: expect.stringMatching(/preferences {2}dataset/) });
  expect(await answer("1", "--choice", "first")).toMatchObject({
    code: 1,
    note: expect.stringMatching(
      /no stage of run .* waits for choices\n {2}got: the run is succeeded\n {2}STAGE_NOT_WAITING/,
    ),
  });
  expect((await files("--export", "pairs.jsonl", "--format", "jsonl")).code).toBe(0);
  const preferences = readFileSync(path.join(shell.directory, "pairs.jsonl"), "utf8").trim().split("\n");
  expect(preferences.map((line) => (JSON.parse(line) as { prompt: string }).prompt)).toEqual([
    "What holds?",
    "What turns?",
  ]);
  // The choices belong to the result: another run of the same pipeline does not ask again.
  const again = await shell.detached("asks");
  expect((await shell.pawl("watch", again)).out).toMatch(/prefs {2}cached/);
});
