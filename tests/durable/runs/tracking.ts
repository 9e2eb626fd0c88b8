import { chmodSync, mkdirSync, readdirSync, readFileSync, watch, writeFileSync } from "node:fs";
import path from "node:path";
import { readEvents } from "../../../formats/event-file.js";
import { layout } from "../../../store/home.js";
import { readUndelivered } from "../../../store/records/tracking.js";
import { plansFrom, stage } from "../support/plans.js";
import { fleet } from "./fleet.js";

const plan = plansFrom(13000);

const board = (): string => path.join(fleet.directory, "board");
const steps = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** The steps of a stage's curve in TensorBoard's files. */
function stepsIn(directory: string): number[] {
  const files = readdirSync(directory);
  return files.flatMap((file) => readEvents(readFileSync(path.join(directory, file))).events.map(({ step }) => step));
}

/** Waits until a directory is as asked for. */
function until(directory: string, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!holds()) return;
      watcher.close();
      resolve();
    };
    const watcher = watch(directory, look);
    look();
  });
}

/** Waits until trackers lack nothing. */
const allSent = (): Promise<void> => {
  const requests = layout.tracked(fleet.home);
  return until(requests, () => !readdirSync(requests).some((name) => name.endsWith(".json")));
};

test("a run ends while a tracker is silent; later workers send what it missed", async () => {
  await fleet.supervisor.stop();
  const silent = path.join(fleet.directory, "silent");
  writeFileSync(silent, "#!/bin/sh\nexec cat > /dev/null\n");
  chmodSync(silent, 0o755);
  await fleet.startWorkers({ PAWL_TRACKIO: "project", PAWL_TRACKER_PYTHON: silent });
  const run = await fleet.launch(plan([stage("b", { steps: 8, record: true })]));
  await run.result();
  await fleet.supervisor.stop();
  await fleet.startWorkers({ PAWL_TENSORBOARD: board() });
  await allSent();
  expect(stepsIn(path.join(board(), run.workflowId, "b"))).toEqual(steps(8));
  expect(await readUndelivered(fleet.home, run.workflowId)).toEqual([]);
});

// With the workers of the test before.
test("TensorBoard gets each step once, though the stage's worker and the process for trackers are killed", async () => {
  const gate = fleet.gate();
  const program = { steps: 30, record: true, checkpointEvery: 5, crash: { at: 12, attempts: 1 }, hold: gate.file };
  const run = await fleet.launch(plan([stage("a", program)]));
  const curve = path.join(board(), run.workflowId, "a");
  mkdirSync(curve, { recursive: true });
  await until(curve, () => stepsIn(curve).includes(15));
  process.kill(fleet.pid("trackers"), "SIGKILL");
  gate.open();
  await run.result();
  await allSent();
  expect(stepsIn(curve)).toEqual(steps(30));
});
