import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { GivenWith } from "../../schemas/stages/index.js";
import { writeTrainingState } from "../../formats/training-state.js";
import { parameterCount, parameters, resolveArchitecture } from "../../lm/model/architecture.js";
import { lazyInitialize } from "../../lm/model/initialize.js";
import { zeroOptimizerState } from "../../lm/optim/optimizer.js";

/** 403 million parameters over a small vocabulary. */
export const bigArchitecture = {
  layers: 25,
  hiddenSize: 1152,
  heads: 18,
  contextLength: 32,
  tieEmbeddings: false,
  ropeTheta: 10_000,
};
export const vocabularySize = 2048;

/** A training of it: enough to resume, and to make one step. */
export const bigTraining = {
  architecture: bigArchitecture,
  steps: 100,
  batchSize: 1,
  optimizer: "adamw",
  warmupSteps: 0,
} satisfies Omit<GivenWith<"pretrain">, "tokens">;

/** Where the files of the benchmark are. */
export const checkpointDirectory = (directory: string): string => path.join(directory, "checkpoint");

/**
 * Writes a checkpoint of it, tensor by tensor.
 * @returns bytes of the weights and of both moments
 */
export async function writeBigState(directory: string): Promise<number> {
  const architecture = resolveArchitecture(bigArchitecture, vocabularySize);
  const optimizer = { kind: "adamw" as const, weightDecay: 0, beta1: 0.9, beta2: 0.95, gradientClip: 1 };
  const tensors = {
    ...lazyInitialize(architecture, 1),
    ...zeroOptimizerState(optimizer, parameters(architecture)),
  };
  await mkdir(checkpointDirectory(directory), { recursive: true });
  await writeTrainingState(checkpointDirectory(directory), {
    step: 50,
    tensors,
    values: { tokens: 1600, lossSum: 100 },
  });
  return 3 * 4 * parameterCount(architecture);
}
