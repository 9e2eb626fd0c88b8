// Small stages, and the stages `activity` and `command` themselves. The small ones run a program:
// `with.source.text`, in JSON. The program of `generate`, which counts as a stage with tensors, is
// the first prompt.
//   steps: how many (default 1); each hashes the state of the one before, so that a lost or doubled
//     step shows
//   blockMs: how long a step keeps the event loop; stepMs: how long a step takes; checkpointEvery:
//     steps between checkpoints (0: none)
//   hold: a file that must appear before the last step; the wait counts as progress
//   fail: { code, attempts }: fail with this code after the steps, in the first `attempts` attempts
//   crash: { at, attempts }: kill the own process before this step, in the first `attempts`
//     attempts; without `at`:
//     after the attempt's first checkpoint
//   record: true: record a metric at each step
//   rows: a list, which the artifact holds as JSON lines
//   open: digest of a dataset to open after the steps
//   request: { items, target, deadlineMs }: request choices after the steps; then trainRows is the
//     number of choices, of which
//     at least one must not be bothBad
import { createHash } from "node:crypto";
import { existsSync, watch } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { stages } from "../../../dist/activities/index.js";
import { PawlError } from "../../../dist/platform/errors.js";
import { nativeEnvironment } from "../../../dist/tensor/flags.js";

const dataset = async ({ source }, context) => {
  const { steps, artifact, request } = await work(JSON.parse(source.text), "dataset", context);
  if (request) return { request };
  return { outputs: { train: artifact, heldOut: artifact }, metrics: { trainRows: steps } };
};
/** Its metric is the number of threads that TensorFlow would be loaded with. */
const generate = async ({ prompts }, context) => {
  const { artifact } = await work(JSON.parse(prompts[0]), "samples", context);
  return { outputs: { samples: artifact }, metrics: { tokens: Number(nativeEnvironment().TF_NUM_INTRAOP_THREADS) } };
};

async function work(asked, kind, context) {
  const program = { steps: 1, stepMs: 0, checkpointEvery: 0, ...asked };
  const last = await context.checkpoints.latest();
  let step = last?.step ?? 0;
  let state = last ? await readFile(path.join(last.directory, "state"), "utf8") : "start";
  const save = () => context.checkpoints.save(step, (directory) => writeFile(path.join(directory, "state"), state));
  const crash = () => context.attempt <= program.crash.attempts && process.kill(process.pid, "SIGKILL");
  const report = () =>
    context.progress({ phase: "count", done: step, total: program.steps, unit: "steps", metrics: {} });
  report();
  while (step < program.steps) {
    if (program.crash?.at === step) crash();
    if (program.stepMs > 0) await pause(program.stepMs);
    if (program.blockMs > 0) block(program.blockMs);
    if (program.hold && step === program.steps - 1) await appearance(program.hold, context.signal, report);
    if (context.signal.aborted) {
      await save();
      throw context.signal.reason;
    }
    state = createHash("sha256").update(`${state} ${step}`).digest("hex");
    step++;
    if (program.record) context.recordMetrics(step, { half: step / 2 });
    report();
    if (program.checkpointEvery > 0 && step % program.checkpointEvery === 0 && step < program.steps) {
      await save();
      if (program.crash && program.crash.at === undefined) crash();
    }
  }
  if (program.open) await context.openArtifact({ artifact: "dataset", digest: program.open });
  if (program.fail && context.attempt <= program.fail.attempts)
    throw new PawlError(program.fail.code, "as the test asked", {
      where: "with",
      next: "change the program",
    });
  if (program.request && !context.given) {
    const { request } = program;
    const pairs = await context.putArtifact("pairs", (directory) =>
      writeFile(path.join(directory, "pairs"), `${request.items}`),
    );
    return { request: { ...request, pairs } };
  }
  if (context.given) {
    const choices = Object.values(context.given.choices);
    step = choices.length;
    state = JSON.stringify(context.given);
    if (choices.every((choice) => choice === "bothBad"))
      throw new PawlError("DATA_EMPTY", "there are no preferences to train on");
  }
  const artifact = await context.putArtifact(kind, async (directory) => {
    await writeFile(path.join(directory, "state"), state);
    if (program.rows)
      await writeFile(
        path.join(directory, "data.jsonl"),
        program.rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
      );
  });
  return { steps: step, artifact };
}

/** Keeps the event loop, and a quarter of a processor. */
function block(ms) {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (const end = performance.now() + ms; performance.now() < end;) {
    Atomics.wait(sleeper, 0, 0, 30);
    for (const busyUntil = performance.now() + 10; performance.now() < busyUntil;);
  }
}

/** Waits until a file exists or the signal is aborted. */
async function appearance(file, signal, report) {
  const reports = setInterval(report, 200);
  await new Promise((resolve) => {
    const watcher = watch(path.dirname(file), look);
    signal.addEventListener("abort", look);
    function look() {
      if (!signal.aborted && !existsSync(file)) return;
      watcher.close();
      resolve();
    }
    look();
  });
  clearInterval(reports);
}

const notHere = async () => {
  throw new Error("this worker process knows only the stage types dataset, generate, activity and command");
};
const others = Object.keys(stages).map((name) => [name, notHere]);
/** Stands in for the table in activities/. */
export const smallStages = {
  ...Object.fromEntries(others),
  dataset: async () => dataset,
  generate: async () => generate,
  activity: stages.activity,
  command: stages.command,
};
