import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { catchFailure } from "../../support/datasets.js";
import type { TestContext } from "../../support/stage-context.js";
import { commandContext, readContent, imports, javaScript, runCommand, tell } from "./support.js";

let context: TestContext;
beforeEach(() => (context = commandContext()));
afterEach(() => context.remove());

/**
 * Counts from the checkpoint to 5, and saves after each step. Once it has saved `waitAt` it waits
 * for SIGTERM.
 */
const counter = (waitAt: number) =>
  javaScript(
    `${imports}
     const save = (step, count) => {
       const unfinished = path.join(env.PAWL_CHECKPOINT_DIR, "unfinished");
       fs.mkdirSync(unfinished, { recursive: true });
       fs.writeFileSync(path.join(unfinished, "manifest.json"), String(count));
       fs.renameSync(unfinished, path.join(env.PAWL_CHECKPOINT_DIR, String(step)));
     };
     let [step, count] = [0, 0];
     if (env.PAWL_RESUME) {
       step = Number(env.PAWL_RESUME_STEP);
       count = Number(fs.readFileSync(path.join(env.PAWL_RESUME, "manifest.json"), "utf8"));
     }
     ${tell({ event: "log", message: "begins" })}
     while (step < 5 && step !== ${waitAt}) {
       step += 1;
       count += step;
       save(step, count);
     }
     if (step === ${waitAt}) {
       process.on("SIGTERM", () => { save(step + 1, count + step + 1); process.exit(0); });
       ${tell({ event: "progress", done: waitAt, total: 5 })}
       setInterval(() => {}, 1000);
     } else fs.writeFileSync(path.join(env.PAWL_OUTPUTS, "count"), count + " from " + (env.PAWL_RESUME_STEP ?? 0));`,
    { outputs: { count: { kind: "files" } } },
  );

const countOf = async (settings: object): Promise<string> => {
  const { outputs } = await runCommand(context, settings);
  return readContent(context, outputs["count"], "count");
};

test("a program that is stopped resumes from what it saved last, and the newest checkpoints are kept", async () => {
  const stopped = new Error("preempted");
  context.onProgress = () => context.abort(stopped);
  await expect(runCommand(context, counter(3))).rejects.toBe(stopped);
  expect(await context.checkpoints.latest()).toMatchObject({ step: 4 });
  expect(readdirSync(path.join(context.home, "store/checkpoints/key")).sort()).toEqual(["3", "4"]);
  context = Object.assign(commandContext(context.workingDirectory), { checkpoints: context.checkpoints });
  expect(await countOf(counter(-1))).toBe("15 from 4");
});

test("a program that fails resumes from its newest checkpoint", async () => {
  const failing = javaScript(
    `${imports}
     if (!env.PAWL_RESUME) {
       fs.mkdirSync(path.join(env.PAWL_CHECKPOINT_DIR, "x"));
       fs.renameSync(path.join(env.PAWL_CHECKPOINT_DIR, "x"), path.join(env.PAWL_CHECKPOINT_DIR, "12"));
       process.exit(1);
     }
     ${tell({ event: "metrics", metrics: { from: 12 } })}`,
  );
  expect((await catchFailure(runCommand(context, failing))).code).toBe("COMMAND_FAILED");
  expect((await runCommand(context, failing)).metrics).toEqual({ from: 12 });
});

test("what a program does to its copy of a checkpoint does not change the checkpoint", async () => {
  await context.checkpoints.save(3, (directory) => {
    mkdirSync(path.join(directory, "checkpoint"));
    writeFileSync(path.join(directory, "checkpoint", "weights"), "good");
  });
  await runCommand(context, { shell: true, run: 'echo bad > "$PAWL_RESUME/weights"' });
  const { directory } = (await context.checkpoints.latest())!;
  expect(readFileSync(path.join(directory, "checkpoint", "weights"), "utf8")).toBe("good");
});
