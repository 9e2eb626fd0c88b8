// A worker of a user's, written with nothing but Temporal's SDK and the contract of
// docs/guides/own-stages.md. It gets its server and task queue as JSON: { address, namespace,
// taskQueue }, and sends its parent a message once it polls.
import { ApplicationFailure, Context } from "@temporalio/activity";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { existsSync, watch } from "node:fs";
import { appendFile, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";

const { address, namespace, taskQueue } = JSON.parse(process.argv[2]);

/**
 * Adds up to `most`, with a checkpoint after each step. Until the file `hold` exists, it waits
 * after its first new step; if the run is canceled meanwhile, it saves the next step before it
 * ends.
 */
async function count({ settings, checkpoints, resume, outputs, inputs, events, output }) {
  const { most, hold, from = 0 } = settings;
  const read = async (directory) => Number(await readFile(path.join(directory, "total"), "utf8"));
  let step = resume?.step ?? 0;
  let total = resume ? await read(resume.directory) : from + (inputs.before ? await read(inputs.before) : 0);
  const save = async () => {
    total += step += 1;
    await appendFile(events, `${JSON.stringify({ event: "metrics", step, metrics: { total } })}\n`);
    await appendFile(output, `added ${step}\n`);
    const unfinished = path.join(checkpoints.directory, "unfinished");
    await mkdir(unfinished);
    await writeFile(path.join(unfinished, "total"), `${total}`);
    await rename(unfinished, path.join(checkpoints.directory, `${step}`));
    Context.current().heartbeat(progress());
  };
  const progress = () => ({ done: step, total: most, unit: "steps", phase: "count", checkpointStep: step });
  while (step < most) {
    await save();
    try {
      if (hold) await appearance(hold, progress());
    } catch (error) {
      if (step < most) await save();
      throw error;
    }
  }
  await writeFile(path.join(outputs, "total"), `${total}`);
  return { metrics: { total } };
}

/** Waits until a file exists; throws when the activity is canceled. */
async function appearance(file, progress) {
  const activity = Context.current();
  const beat = setInterval(() => activity.heartbeat(progress), 100);
  let watcher;
  const appeared = new Promise((resolve) => {
    watcher = watch(path.dirname(file), () => existsSync(file) && resolve());
    if (existsSync(file)) resolve();
  });
  try {
    await Promise.race([appeared, activity.cancelled]);
  } finally {
    clearInterval(beat);
    watcher.close();
  }
}

/** Fails in its first attempts as its settings say, then returns `result`. */
async function fail({ attempt, settings: { type, nonRetryable = false, attempts = 9, result } }) {
  if (attempt <= attempts) throw ApplicationFailure.create({ message: "as the test asked", type, nonRetryable });
  return result;
}

/** Rows of a dataset, in capitals. */
async function shout({ settings, inputs, outputs }) {
  const lines = (await readFile(path.join(inputs.text, "data.jsonl"), "utf8")).trim().split("\n");
  const rows = lines.map((line) => ({ text: JSON.parse(line).text.toUpperCase() + "!".repeat(settings.marks) }));
  await writeFile(path.join(outputs, "text"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return { metrics: { rows: rows.length } };
}

/** Returns what it was given, as a file. */
async function echo(task) {
  await writeFile(path.join(task.outputs, "task"), JSON.stringify(task));
}

Runtime.install({ logger: new DefaultLogger("ERROR") });
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  namespace,
  taskQueue,
  activities: { count, fail, shout, echo },
  maxHeartbeatThrottleInterval: "100 milliseconds",
  defaultHeartbeatThrottleInterval: "100 milliseconds",
});
const running = worker.run();
process.send?.("ready");
process.on("disconnect", () => process.exit());
await running;
