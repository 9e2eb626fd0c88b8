/**
 * `npm run bench -- tracking [ROUNDS]`: what studio, metrics history and trackers cost the training
 * beside them. The loop of `pretrain` runs in turns without all three, and with the history, the
 * process that sends it to TensorBoard, and the studio, which a page asks for the curves; the
 * browser itself is elsewhere.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { withLoopHelpers } from "../activities/checkpointed-loop.js";
import type { StageContext } from "../activities/stage.js";
import { runTraining } from "../activities/training/loop.js";
import { trainingPlan } from "../activities/training/settings.js";
import { Trainer } from "../lm/train/trainer.js";
import { packageRoot } from "../platform/program/locations.js";
import { layout } from "../store/home.js";
import { openMetrics } from "../store/history/metrics.js";
import { trackAttempt, readUndelivered } from "../store/records/tracking.js";
import { loadBackend } from "../tensor/backend.js";
import { comparePairs } from "./against/statistics.js";
import { report, row, shown } from "./harness.js";
import { recordRunUnderWay, watchCurves } from "./support/curve-watcher.js";
import { freshModel, randomBatch } from "./support/synthetic.js";
import { shapes } from "./support/train-shapes.js";

const shape = { ...shapes.small, vocabulary: 2048 };
const rounds = Number(process.argv[2] ?? 8);
const steps = 1000;
/** Steps of a turn that are not measured. */
const warmUp = 10;

const program = (name: string): string => path.join(packageRoot(), "dist", name);

class Tracking {
  readonly home = mkdtempSync(path.join(os.tmpdir(), "pawl-bench-"));
  #turns = 0;

  /** Runs a loop whose metrics are recorded, sent and looked at. */
  async during(work: (record: StageContext["recordMetrics"]) => Promise<number>): Promise<number> {
    const sender = await this.#startSender();
    const key = String(++this.#turns).padStart(64, "0");
    const attempt = { runId: `bench-${this.#turns}`, pipeline: "bench", stage: "base", uses: "pretrain", attempt: 1 };
    mkdirSync(layout.run(this.home, attempt.runId), { recursive: true });
    await recordRunUnderWay(this.home, attempt.runId, key);
    const leave = await watchCurves(this.home, attempt.runId);
    const end = await trackAttempt(this.home, { ...attempt, key, startedAtMs: Date.now(), parameters: {} });
    const history = openMetrics(this.home, key);
    const ms = await work((step, metrics) => history.record(step, metrics));
    if ((await leave()) === 0) throw new Error("the studio has shown no point of the curve");
    await history.finish();
    await end({ status: "succeeded", atMs: Date.now(), metrics: {} });
    sender.kill("SIGTERM");
    await once(sender, "exit");
    const [lacking] = await readUndelivered(this.home, attempt.runId);
    if (lacking !== undefined) throw new Error(`${lacking.tracker} lacks ${lacking.steps} steps: ${lacking.message}`);
    return ms;
  }

  close(): void {
    rmSync(this.home, { recursive: true });
  }

  async #startSender(): Promise<ChildProcess> {
    const chosen = { PAWL_TENSORBOARD: path.join(this.home, "board") };
    const sender = spawn(process.execPath, [program("worker/tracking-worker.js")], {
      env: { ...process.env, PAWL_HOME: this.home, ...chosen },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    await once(sender, "message");
    return sender;
  }
}

/** Mean time of a step, ms. */
async function train(trainer: Trainer, recordMetrics: StageContext["recordMetrics"]): Promise<number> {
  let from = 0;
  const context = withLoopHelpers({
    checkpoints: { latest: async () => undefined, save: async () => {}, clear: async () => {} },
    checkpointEveryMs: Infinity,
    signal: new AbortController().signal,
    log: () => {},
    recordMetrics,
    progress({ done }: { done: number }) {
      if (done === warmUp) from = performance.now();
    },
  } as unknown as StageContext);
  const data = { batchAt: (index: number) => randomBatch(shape, index), heldOut: undefined };
  const length = { steps, accumulate: 1, evaluateEvery: 0 };
  await runTraining(trainingPlan(trainer, length, freshModel(shape).settings.architecture, data), context);
  return (performance.now() - from) / (steps - warmUp);
}

await loadBackend();
const { settings, weights } = freshModel(shape);
const trainer = new Trainer(settings, weights);
const tracking = new Tracking();
try {
  await train(trainer, () => {});
  const [without, tracked]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    // Each side is first in half of the rounds.
    const turns = [
      async () => without.push(await train(trainer, () => {})),
      async () => tracked.push(await tracking.during((record) => train(trainer, record))),
    ];
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
    process.stderr.write(`round ${round + 1}: ${shown(without.at(-1)!)} ms, tracked ${shown(tracked.at(-1)!)} ms\n`);
  }
  const { ratio, interval } = comparePairs(tracked, without);
  const percent = (value: number): number => 100 * (value - 1);
  const [least, most] = (interval ?? [-Infinity, Infinity]).map(percent) as [number, number];
  const what = `step time added by studio, metrics history and trackers, upper end of its 95 % interval, n = ${rounds} × ${steps - warmUp} steps`;
  const bounds = { unit: "%", bounds: "ours", better: "lower", atLeast: 2, aim: 0.5 } as const;
  const found = `${percent(ratio!).toFixed(2)} % (${least.toFixed(2)} to ${most.toFixed(2)})`;
  report("tracking", [row({ what, ours: most, ...bounds })], { added: found });
} finally {
  tracking.close();
  trainer.dispose();
}
