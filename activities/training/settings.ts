import type { Static, TObject } from "@sinclair/typebox";
import type { Architecture } from "../../lm/model/architecture.js";
import type { Batch } from "../../lm/data/batch.js";
import { orderedBatches } from "../../lm/data/batches.js";
import { exampleSequences, type Example } from "../../lm/data/sequences.js";
import type { Trainer, TrainerSettings } from "../../lm/train/trainer.js";
import { PawlError } from "../../platform/errors.js";
import type { trainingFields } from "../../schemas/stages/common.js";
import type { TrainingPlan } from "./loop.js";

type TrainingFields = Static<TObject<typeof trainingFields>>;

/**
 * Tokens of one row.
 * @throws PawlError CONTEXT_EXCEEDED where it is more than the model's context
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
    optimizer: {
      kind: settings.optimizer,
      weightDecay: settings.weightDecay,
      beta1: settings.beta1,
      beta2: settings.beta2,
      gradientClip: settings.gradientClip,
    },
    schedule: {
      kind: settings.schedule,
      learningRate: settings.learningRate,
      minimumLearningRate: settings.minimumLearningRate,
      warmupSteps: settings.warmupSteps,
      steps,
    },
  };
}

/** Examples to measure the loss on, as batches of the trainer's shape; undefined where nothing counts. */
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

/** The plan of a trainer that learns to predict tokens. @param data.batchAt micro-batch `index` of the whole run */
export function trainingPlan(
  trainer: Trainer,
  settings: { steps: number; accumulate: number; evaluateEvery: number },
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
  };
}
