import { exitCodes } from "../../../../cli/exit-codes.js";
import type { Command } from "../shell.js";
import { shell } from "./shell.js";

/** Continues until it is answered or cancelled. */
shell.pipeline(
  "parks",
  "stages:\n  data:\n    uses: dataset\n    with: { source: { file: absent.txt } }\n    onFailure: park\n",
);
const interrupt = "\u0003";
const question = "Detach \\(the run continues\\) or cancel it\\?";

/** A run that a person watches in a terminal, and its id. */
async function watched(): Promise<{ command: Command; run: string }> {
  const command = shell.start(["run", "parks"], { terminal: true });
  await command.printed(/data [^]*waits for an action/);
  return { command, run: await command.printed(/parks-\w{6}/) };
}

const statusOf = async (run: string): Promise<string> =>
  (await shell.json<{ status: string }>("status", run))[0]!.status;

test("Ctrl-C asks; another key continues watching, d detaches, and the run continues", async () => {
  const { command, run } = await watched();
  command.press(interrupt);
  await command.printed(new RegExp(question));
  command.press("x");
  await command.printed(new RegExp(`${question}[^]*waits for an action`));
  command.press(interrupt);
  await command.printed(new RegExp(`${question}[^]*${question}`));
  command.press("d");
  expect(await command.ended).toMatchObject({ code: 0, out: expect.stringContaining(`pawl watch ${run}`) });
  expect(command.output()).toContain(`stages save a checkpoint: pawl resume ${run} continues`);
  expect(await statusOf(run)).toBe("parked");
});

test("Ctrl-C again, instead of an answer, detaches", async () => {
  const { command, run } = await watched();
  command.press(interrupt);
  await command.printed(new RegExp(question));
  command.press(interrupt);
  expect(await command.ended).toMatchObject({ code: 0, out: expect.stringContaining("The run continues") });
  expect(await statusOf(run)).toBe("parked");
});

test("c cancels, and the end is watched", async () => {
  const { command, run } = await watched();
  command.press(interrupt);
  await command.printed(new RegExp(question));
  command.press("c");
  expect(await command.ended).toMatchObject({
    code: exitCodes.canceled,
    out: expect.stringMatching(`canceled.*: ${run}`),
  });
  expect(await statusOf(run)).toBe("cancelled");
});

test("a run that ends while the question is open ends the watching, without a key", async () => {
  const { command, run } = await watched();
  command.press(interrupt);
  await command.printed(new RegExp(question));
  await shell.json("skip", run, "data");
  expect(await command.ended).toMatchObject({ code: 0, out: expect.stringContaining("succeeded in") });
});
