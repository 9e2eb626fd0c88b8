import { join } from "node:path";
import { PawlError } from "../platform/errors.js";
import { readJson, writeJson } from "./json-file.js";
import { readSafetensors, writeSafetensors, type StoredTensors } from "./safetensors.js";

/**
 * A training checkpoint's files: `state.safetensors` (weights and optimiser moments, float32 as they are in memory) and
 * `training.json` (updates done, and figures that the stage wants back). Nothing else is needed: learning rate, batch
 * order and random numbers are functions of the seed and the step.
 */
export interface TrainingState {
  /** Updates done. */
  step: number;
  tensors: StoredTensors;
  /** What the stage wants back beside the tensors. */
  figures: Record<string, number>;
}

const format = 1;

/** Writes a checkpoint into an empty folder. */
export async function writeTrainingState(folder: string, state: TrainingState): Promise<void> {
  await writeSafetensors(join(folder, "state.safetensors"), state.tensors, {});
  await writeJson(join(folder, "training.json"), { format, step: state.step, figures: state.figures });
}

/** @throws PawlError CHECKPOINT_MISMATCH where another version of Pawl wrote it */
export async function readTrainingState(folder: string): Promise<TrainingState> {
  const facts = (await readJson(join(folder, "training.json"))) as {
    format: number;
    step: number;
    figures: Record<string, number>;
  };
  if (facts.format !== format)
    throw new PawlError("CHECKPOINT_MISMATCH", "the checkpoint has another format", {
      where: join(folder, "training.json"),
      expected: String(format),
      got: String(facts.format),
      next: "go on with the version of Pawl that wrote it, or set cache: false and start the stage anew",
    });
  return {
    step: facts.step,
    tensors: await readSafetensors(join(folder, "state.safetensors")),
    figures: facts.figures,
  };
}
