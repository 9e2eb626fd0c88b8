import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { shell } from "./shell.js";

const write = (name: string, text: string): void => {
  mkdirSync(path.join(shell.directory, path.dirname(name)), { recursive: true });
  writeFileSync(path.join(shell.directory, name), text);
};

/**
 * Adds up to `most`, with a checkpoint after each step. Its first attempts wait after a new
 * checkpoint, to be killed.
 */
const counting = (kills: number): string => `
import { readFile, writeFile } from "node:fs/promises";
import { Artifact, defineStage, metric, Refusal, Type } from "pawl";
import { unlucky } from "./unlucky.js";

export default defineStage({
  summary: "adds up",
  with: Type.Object({ most: Type.Integer({ minimum: 1 }) }),
  outputs: Type.Object({ sum: Artifact("files", "sum.txt") }),
  metrics: { sum: metric("1", "the sum") },
  async run({ most }, context) {
    if (most === unlucky) throw new Refusal("it brings bad luck");
    const newest = await context.checkpoints.latest();
    let step = newest?.step ?? 0;
    let sum = newest ? Number(await readFile(newest.directory + "/sum.txt", "utf8")) : 0;
    while (step < most) {
      sum += step += 1;
      await context.checkpoints.save(step, (to) => writeFile(to + "/sum.txt", String(sum)));
      if (context.attempt <= ${kills}) await new Promise(() => setInterval(() => undefined, 1000));
    }
    const written = await context.putArtifact("files", (to) => writeFile(to + "/sum.txt", String(sum)));
    return { outputs: { sum: written }, metrics: { sum } };
  },
});
`;

const pipeline = (most: number): string => `stages:
  counted:
    uses: ./stages/count.ts
    with: { most: ${most} }
    onFailure: park
outputs: { sum: "\${{ stages.counted.metrics.sum }}" }
`;

interface Ended {
  status: string;
  outputs: object;
  stages: { id: string; status: string; attempts: number }[];
}
const endOf = (out: string): Ended => JSON.parse(out.trimEnd().split("\n").at(-1)!) as Ended;

test("a stage of the project's own resumes from its checkpoints when its worker is killed; the next run uses an edit", async () => {
  write("stages/unlucky.ts", "export const unlucky: number = 13;");
  write("stages/count.ts", counting(2));
  shell.pipeline("count", pipeline(5));
  const running = shell.start(["run", "count", "--json"]);
  const run = (JSON.parse(await running.printed(/\{"event":"started".*\}/)) as { run: string }).run;
  await running.printed(/"id":"counted","uses":"module","status":"running"/);
  const log = shell.start(["logs", run, "counted", "--follow"]);
  for (const attempt of [1, 2]) {
    const begun = await log.printed(new RegExp(`(started .* pid \\d+[^]*?checkpoint +step \\d+[^]*?){${attempt}}`));
    process.kill(Number([...begun.matchAll(/started .* pid (\d+)/g)].at(-1)![1]), "SIGKILL");
  }
  const first = endOf((await running.ended).out);
  expect(first).toMatchObject({ status: "succeeded", outputs: { sum: 15 }, stages: [{ attempts: 3 }] });
  expect(await log.ended).toMatchObject({ code: 0, out: expect.stringMatching(/counted #3 .*finished/) });

  expect(endOf((await shell.pawl("run", "count", "--json")).out).stages).toMatchObject([{ status: "cached" }]);
  write("stages/unlucky.ts", "export const unlucky: number = 7;");
  // In a process of its own, which has the same helpers of stages as the workers have: those of
  // dist/.
  const planned = await shell.start(["plan", "count", "--json"]).ended;
  expect([JSON.parse(planned.out)]).toMatchObject([
    { stages: [{ verdict: "will run", reasons: ["its source has changed: ./stages/count.ts"] }] },
  ]);
});

test("a parked one is tried again with another setting, by the name that its definition has", async () => {
  write("stages/unlucky.ts", "export const unlucky: number = 7;");
  write("stages/count.ts", counting(0));
  shell.pipeline("unlucky", pipeline(7));
  const running = shell.start(["run", "unlucky", "--json"]);
  const run = (JSON.parse(await running.printed(/\{"event":"started".*\}/)) as { run: string }).run;
  await running.printed(/"status":"parked".*STAGE_REFUSED/);
  expect((await shell.pawl("retry", run, "counted", "--set", "with.mots=3")).code).not.toBe(0);
  expect((await shell.pawl("retry", run, "counted", "--set", "with.most=3")).code).toBe(0);
  expect(endOf((await running.ended).out)).toMatchObject({ status: "succeeded", outputs: { sum: 6 } });
});
