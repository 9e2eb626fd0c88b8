import { join } from "node:path";
import { PawlError } from "../platform/errors.js";
import { readJson, writeJson } from "./json-file.js";
import { readSafetensors, writeSafetensors, type StoredTensors } from "./safetensors.js";

/**
 * A training checkpoint's files: `state.safetensors` (weights and optimizer moments, float32 as they are in memory) and
 * `training.json` (updates done, and values that the stage wants back). Nothing else is needed: learning rate, batch
 * order and random numbers are functions of the seed and the step.
 */
export interface TrainingState {
  /** Updates done. */
  step: number;
  tensors: StoredTensors;
  /** What the stage wants back beside the tensors. */
  values: Record<string, number>;
}

const format = 2;

/** Writes a checkpoint into an empty directory. */
export async function writeTrainingState(directory: string, state: TrainingState): Promise<void> {
  await writeSafetensors(join(directory, "state.safetensors"), state.tensors, {});
  await writeJson(join(directory, "training.json"), { format, step: state.step, values: state.values });
}

/** @throws PawlError CHECKPOINT_MISMATCH where another version of Pawl wrote it */
export async function readTrainingState(directory: string): Promise<TrainingState> {
  const facts = (await readJson(join(directory, "training.json"))) as {
    format: number;
    step: number;
    values: Record<string, number>;
  };
  if (facts.format !== format)
    throw new PawlError("CHECKPOINT_MISMATCH", "the checkpoint has another format", {
      where: join(directory, "training.json"),
      expected: String(format),
      got: String(facts.format),
      next: "resume with the version of Pawl that wrote it, or set cache: false and start the stage from the beginning",
    });
  return {
    step: facts.step,
    tensors: await readSafetensors(join(directory, "state.safetensors")),
    values: facts.values,
  };
}
