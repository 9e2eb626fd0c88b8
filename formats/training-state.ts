import { join } from "node:path";
import { readVersioned, writeJson } from "./json-file.js";
import { readSafetensors, writeSafetensors, type StoredTensors } from "./safetensors.js";

/**
 * A training checkpoint's files: `state.safetensors` (weights and optimizer moments, float32 as
 * they are in memory) and `training.json` (optimizer steps done, and values that the stage
 * restores). Nothing else is needed: learning rate, batch order and random numbers are functions of
 * the seed and the step.
 */
export interface TrainingState {
  /** Optimizer steps done. */
  step: number;
  tensors: StoredTensors;
  /** What the stage restores in addition to the tensors. */
  values: Record<string, number>;
}

const format = 2;

/** Writes a checkpoint into an empty directory. */
export async function writeTrainingState(directory: string, state: TrainingState): Promise<void> {
  await writeSafetensors(join(directory, "state.safetensors"), state.tensors, {});
  await writeJson(join(directory, "training.json"), { format, step: state.step, values: state.values });
}

/** @throws PawlError CHECKPOINT_MISMATCH if another version of Pawl wrote it */
export async function readTrainingState(directory: string): Promise<TrainingState> {
  const facts = await readVersioned<Omit<TrainingState, "tensors">>(join(directory, "training.json"), format);
  const { step, values } = facts;
  return { step, tensors: await readSafetensors(join(directory, "state.safetensors")), values };
}
