import { writeFileSync } from "node:fs";
import path from "node:path";
import { barelyTrained, Shell } from "./shell.js";
const shell = new Shell();

const rows = ["What holds?", "What turns?"].map((instruction) => ({ instruction, response: "A pawl." }));
writeFileSync(path.join(shell.directory, "asked.jsonl"), rows.map((row) => JSON.stringify(row) + "\n").join(""));
shell.pipeline(
  "talks",
  `stages:
  asked:
    uses: dataset
    with: { source: { file: asked.jsonl } }
${barelyTrained(64)}  sft:
    uses: sft
    with: { model: "\${{ stages.base.outputs.model }}", data: ["\${{ stages.asked.outputs.train }}"], epochs: 1 }
`,
);

interface Answered {
  question: string;
  stage: string;
  text: string;
  tokens: number;
  read: number;
  tokensPerSecond: number;
}

/** The metrics of every step, also of a run whose stages are cached. */
async function expectSameCurves(run: string): Promise<void> {
  const rows = await shell.json<{ stage: string; step: number; loss: number }>("metrics", run);
  expect(rows.map(({ stage, step }) => [stage, step])).toEqual([
    ["base", 1],
    ["sft", 1],
  ]);
  for (const { loss } of rows) expect(loss).toBeGreaterThan(0);
  const { out: csv } = await shell.pawl("metrics", run, "--csv");
  expect(csv.split("\n")[0]).toBe("stage,step,loss,learningRate,gradientNorm");
  const again = await shell.detached("talks");
  expect((await shell.pawl("watch", again)).code).toBe(0);
  expect((await shell.pawl("metrics", again, "--csv")).out).toBe(csv);
  expect((await shell.pawl("metrics", again, "sft")).out).toMatch(/sft {2}1 steps\n.*step +loss/);
  expect((await shell.pawl("metrics", again, "stf")).note).toMatch(/has no stage stf[^]*next: pawl metrics \S+ sft/);
}

test("chats with the models of a run: piped, compared, in a terminal; errors are printed with their code", async () => {
  const run = await shell.detached("talks");
  expect((await shell.pawl("watch", run)).code).toBe(0);
  await expectSameCurves(run);
  await shell.pawl("up", "--stop");
  const ask = (input: string, ...args: string[]) => {
    const command = shell.start(["chat", run, ...args]);
    command.press(input);
    command.endInput();
    return command.ended;
  };
  const answers = (out: string) =>
    out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Answered);

  const compared = await ask("What holds?\nWhat turns?\n", "--compare", "base,sft", "--max-tokens", "5", "--json");
  expect(compared.code).toBe(0);
  expect(answers(compared.out).map(({ question, stage }) => [question, stage])).toEqual([
    ["What holds?", "base"],
    ["What holds?", "sft"],
    ["What turns?", "base"],
    ["What turns?", "sft"],
  ]);
  for (const { tokens, tokensPerSecond } of answers(compared.out)) {
    expect(tokens).toBeLessThanOrEqual(5);
    expect(tokensPerSecond).toBeGreaterThan(0);
  }

  const plain = await ask(`What holds?\n\n${"long ".repeat(80)}\n`, "--max-tokens", "5", "--temperature", "1");
  expect(plain).toMatchObject({ code: 1, note: expect.stringMatching(/\d+ tokens, \d+ tokens\/s, \d+ read/) });
  expect(plain.note).toMatch(/DATA_EMPTY/);
  expect(plain.note).toMatch(/CONTEXT_EXCEEDED/);

  const refused = async (args: string[], code: number, pattern: RegExp) =>
    expect(await ask("x\n", ...args)).toMatchObject({ code, note: expect.stringMatching(pattern) });
  await refused(["--stage", "sftt"], 1, /has no stage sftt\n {2}expected: one of base, sft\n.*--stage sft/);
  await refused(["--stage", "tok"], 1, /stage tok leaves no model[^]*WRONG_ARTIFACT/);
  await refused(["--temperature", "warm"], 2, /number from 0 to 100/);
  await refused(["--top-p", "2"], 2, /number above 0, at most 1/);
  await refused(["--stage", "sft", "--compare", "base"], 1, /cannot be combined/);
  expect(await shell.pawl("chat", `${run}x`)).toMatchObject({ code: 1, note: expect.stringMatching(/RUN_NOT_FOUND/) });

  const both = ["--compare", "base,sft"];
  const typed = shell.start(["chat", run, ...both, "--max-tokens", "5"], { terminal: true });
  // What each model is stands before: only one that has learned the chat template responds in it.
  const about = await typed.printed(/base [^]*Ctrl-C stops a response/);
  expect(about).toMatch(/base .* M parameters, context 64, continues text\r?\n/);
  expect(about).toMatch(/sft .* M parameters, context 64\r?\n/);
  typed.press("What holds?\r");
  await typed.printed(/tokens\/s[^]*tokens\/s/);
  typed.press("\u0003");
  expect((await typed.ended).code).toBe(0);
});
