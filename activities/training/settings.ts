import type { Static, TObject } from "@sinclair/typebox";
import type { Architecture } from "../../lm/model/architecture.js";
import type { Batch, BatchShape } from "../../lm/data/batch.js";
import { orderedBatches } from "../../lm/data/batches.js";
import type { OptimizerSettings } from "../../lm/optim/optimizer.js";
import type { Schedule } from "../../lm/optim/schedule.js";
import { exampleSequences, type Example } from "../../lm/data/sequences.js";
import type { Trainer, TrainerSettings } from "../../lm/train/trainer.js";
import { PawlError } from "../../platform/errors.js";
import type { optimizerFields, trainingFields } from "../../schemas/fields/training.js";
import type { TrainingPlan } from "./loop.js";

type OptimizerFields = Static<TObject<typeof optimizerFields>>;
type TrainingFields = Static<TObject<typeof trainingFields>>;

/** The optimizer's settings from a stage's. */
export function optimizerSettings(settings: OptimizerFields): OptimizerSettings {
  const { optimizer: kind, weightDecay, beta1, beta2, gradientClip } = settings;
  return { kind, weightDecay, beta1, beta2, gradientClip };
}

/** The learning rate's schedule from a stage's settings. @param steps optimizer steps in all */
export function createSchedule(settings: OptimizerFields, steps: number): Schedule {
  const { schedule: kind, learningRate, minimumLearningRate, warmupSteps } = settings;
  return { kind, learningRate, minimumLearningRate, warmupSteps, steps };
}

/**
 * The warm-up ends within the training; else the highest learning rate is never reached.
 * @param steps optimizer steps in all
 * @throws PawlError OUT_OF_RANGE
 */
export function checkWarmup({ warmupSteps }: OptimizerFields, steps: number): void {
  if (warmupSteps <= steps) return;
  throw new PawlError("OUT_OF_RANGE", "the warm-up takes more steps than the training", {
    where: "with.warmupSteps",
    expected: `at most ${steps}, the steps of all epochs`,
    got: String(warmupSteps),
    next: "lower warmupSteps, or raise epochs",
  });
}

/**
 * Tokens of one row.
 * @throws PawlError CONTEXT_EXCEEDED if it is more than the model's context
 */
export function rowLength({ sequenceLength }: TrainingFields, { contextLength }: Architecture): number {
  if (sequenceLength !== undefined && sequenceLength > contextLength)
    throw new PawlError("CONTEXT_EXCEEDED", "the sequences are longer than the model's context", {
      where: "with.sequenceLength",
      expected: `at most ${contextLength}`,
      got: String(sequenceLength),
      next: "lower sequenceLength, or pretrain with a larger architecture.contextLength",
    });
  return sequenceLength ?? contextLength;
}

/** The trainer's settings from a stage's. */
export function trainerSettings(settings: TrainingFields, architecture: Architecture, steps: number): TrainerSettings {
  return {
    architecture,
    shape: { rows: settings.batchSize, length: rowLength(settings, architecture) },
    accumulate: settings.accumulate,
    recompute: settings.recompute,
    optimizer: optimizerSettings(settings),
    schedule: createSchedule(settings, steps),
  };
}

/**
 * The maximum number of predictions that a step computes logits for, of batches in which at most
 * `most` count; undefined if nearly all count: then picking them does not pay off.
 */
export function maxPredictions(most: number, { rows, length }: BatchShape): { predictions?: number } {
  const predictions = Math.ceil(most / 64) * 64;
  return predictions < 0.9 * rows * length ? { predictions } : {};
}

/**
 * Examples to measure the loss on, as batches of the trainer's shape; undefined if nothing counts.
 */
export function heldOutBatches(examples: readonly Example[], { shape }: TrainerSettings): HeldOutBatches | undefined {
  const { sequences } = exampleSequences(examples, shape.length);
  const tokens = sequences.counted!.reduce((sum, c) => sum + c, 0);
  if (tokens === 0) return undefined;
  return { ...orderedBatches(sequences, shape.rows, shape.length), tokens };
}

/** Batches to measure the loss on, and the predictions in them that count. */
export interface HeldOutBatches {
  batches: number;
  at: (index: number) => Batch;
  tokens: number;
}

/**
 * The plan of a trainer that learns to predict tokens.
 * @param data.batchAt micro-batch `index` of the whole run
 */
export function trainingPlan(
  trainer: Trainer,
  settings: { steps: number; accumulate: number; evaluateEvery: number },
  { vocabularySize }: Pick<Architecture, "vocabularySize">,
  data: { batchAt: (index: number) => Batch; heldOut: HeldOutBatches | undefined },
): TrainingPlan {
  const { steps, accumulate, evaluateEvery } = settings;
  const { batchAt, heldOut } = data;
  return {
    steps,
    update: (step) => {
      const batches = Array.from({ length: accumulate }, (_, i) => batchAt(step * accumulate + i));
      return trainer.step(step, batches);
    },
    state: () => trainer.state(),
    restore: (state) => trainer.restore(state),
    heldOut: heldOut && { ...heldOut, nats: (index) => trainer.evaluate(heldOut.at(index)) },
    evaluateEvery,
    uniformLoss: Math.log(vocabularySize),
  };
}
