/**
 * `npm run bench -- training`: what a training stage costs in addition to its steps: the share of
 * time that goes into checkpoints at the default interval, and how resident memory grows between
 * step 50 and step 3,000. It runs the loop of `pretrain` and `sft` with real checkpoints, on the
 * small model of `bench train` with a vocabulary of 2,048.
 */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { withLoopHelpers } from "../activities/checkpointed-loop.js";
import type { StageContext } from "../activities/stage.js";
import { runTraining } from "../activities/training/loop.js";
import { trainingPlan } from "../activities/training/settings.js";
import { DEFAULTS } from "../compiler/definition/defaults.js";
import { durationMs } from "../schemas/duration.js";
import { Trainer } from "../lm/train/trainer.js";
import { openCheckpoints } from "../store/checkpoints.js";
import { loadBackend } from "../tensor/backend.js";
import { report, row } from "./harness.js";
import { freshModel, randomBatch } from "./support/synthetic.js";
import { shapes } from "./support/train-shapes.js";

const shape = { ...shapes.small, vocabulary: 2048 };
const steps = 3000;
const early = 50;

async function measure(): Promise<{ share: number; saves: number; growth: number }> {
  const home = mkdtempSync(path.join(os.tmpdir(), "pawl-bench-"));
  const { settings, weights } = freshModel(shape);
  const trainer = new Trainer(settings, weights);
  const checkpoints = openCheckpoints(home, "0".repeat(64), { keep: DEFAULTS.checkpoint.keep, onCorrupt: () => {} });
  let saving = 0;
  let saves = 0;
  const resident: Record<number, number> = {};
  const context = withLoopHelpers({
    checkpoints: {
      ...checkpoints,
      async save(step: number, write: (directory: string) => Promise<void> | void) {
        const start = performance.now();
        await checkpoints.save(step, write);
        saving += performance.now() - start;
        saves++;
      },
    },
    checkpointEveryMs: durationMs(DEFAULTS.checkpoint.every),
    signal: new AbortController().signal,
    log: () => {},
    progress({ done }: { done: number }) {
      if (done === early || done === steps) resident[done] = process.memoryUsage().rss;
      if (done % 500 === 0) process.stderr.write(`step ${done} of ${steps}\n`);
    },
  } as unknown as StageContext);
  const start = performance.now();
  const batchAt = (index: number) => randomBatch(shape, index);
  const length = { steps, accumulate: 1, evaluateEvery: 0 };
  await runTraining(trainingPlan(trainer, length, settings.architecture, { batchAt, heldOut: undefined }), context);
  const whole = performance.now() - start;
  rmSync(home, { recursive: true });
  return {
    share: (100 * saving) / whole,
    saves,
    growth: 100 * Math.abs(resident[steps]! / resident[early]! - 1),
  };
}

await loadBackend();
const { share, saves, growth } = await measure();
process.stderr.write(`${saves} checkpoints, one every ${DEFAULTS.checkpoint.every}\n`);
const bound = { unit: "%", bounds: "ours", better: "lower" } as const;
report("training", [
  row({ what: "time spent on checkpoints, default interval", ours: share, ...bound, atLeast: 2, aim: 0.5 }),
  row({ what: "resident memory, step 3,000 against step 50", ours: growth, ...bound, atLeast: 5, aim: 2 }),
]);
