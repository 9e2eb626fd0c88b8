import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../../../../platform/program/locations.js";
import { shell } from "./shell.js";

const shipped = readFileSync(path.join(packageRoot(), "stages", "softmax-regression.ts"), "utf8");

/**
 * The stage that Pawl ships, whose first two attempts wait after a new checkpoint, to be killed.
 */
const interrupted = shipped.replace(
  "await betweenSteps();",
  `await betweenSteps();
        if (context.attempt <= 2 && step === 15 * context.attempt) {
          await context.checkpoints.save(step, saved().write);
          await new Promise(() => setInterval(() => undefined, 1000));
        }`,
);

const pipeline = (file: string): string => `stages:
  novel:
    uses: dataset
    with: { source: { text: "the whale and the sea\\n\\nthe white whale\\n\\na ship at sea" }, unit: paragraph }
  speeches:
    uses: dataset
    with: { source: { text: "the union of the states\\n\\nthe congress met\\n\\na budget of the nation" }, unit: paragraph }
  classifier:
    uses: ${file}
    with: { classes: ["\${{ stages.novel.outputs.train }}", "\${{ stages.speeches.outputs.train }}"], steps: 50 }
outputs: { classifier: "\${{ stages.classifier.outputs.classifier }}" }
`;

interface Ended {
  status: string;
  outputs: { classifier: { digest: string } };
  stages: { id: string; attempts: number }[];
}
const endOf = (out: string): Ended => JSON.parse(out.trimEnd().split("\n").at(-1)!) as Ended;

test("a stage of the project's own that trains with tensors ends with the same bits, however often it is killed", async () => {
  mkdirSync(path.join(shell.directory, "stages"), { recursive: true });
  writeFileSync(path.join(shell.directory, "stages", "interrupted.ts"), interrupted);
  shell.pipeline("uninterrupted", pipeline("./stages/softmax-regression.ts"));
  shell.pipeline("killed", pipeline("./stages/interrupted.ts"));
  const uninterrupted = endOf((await shell.pawl("run", "uninterrupted", "--json")).out);

  const running = shell.start(["run", "killed", "--json"]);
  const run = (JSON.parse(await running.printed(/\{"event":"started".*\}/)) as { run: string }).run;
  await running.printed(/"id":"classifier","uses":"module","status":"running"/);
  const log = shell.start(["logs", run, "classifier", "--follow"]);
  for (const attempt of [1, 2]) {
    const begun = await log.printed(new RegExp(`(started .* pid \\d+[^]*?checkpoint +step \\d+ +ms[^]*?){${attempt}}`));
    process.kill(Number([...begun.matchAll(/started .* pid (\d+)/g)].at(-1)![1]), "SIGKILL");
  }
  const killed = endOf((await running.ended).out);
  expect(killed).toMatchObject({ status: "succeeded", outputs: uninterrupted.outputs });
  expect(killed.stages.find(({ id }) => id === "classifier")?.attempts).toBe(3);
  expect((await log.ended).out).toMatch(/resumes from its checkpoint +step 30/);
});
