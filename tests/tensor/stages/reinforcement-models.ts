import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ArtifactRef } from "../../../schemas/artifact.js";
import type { StageType, StageWith } from "../../../schemas/stages/index.js";
import type { TestContext } from "../../support/stage-context.js";
import { makeData, questions, runStage, stageContext, tinyPretraining, whole } from "./support.js";
import { loadTensorFlow } from "../support.js";

/**
 * Models and settings for the tests of reinforcement learning; made before the tests of the file
 * that imports this.
 */
beforeAll(loadTensorFlow);

export let context: TestContext;
export let data: Awaited<ReturnType<typeof makeData>>;
export let model: ArtifactRef<"model">;
export let otherModel: ArtifactRef<"model">;
export let preferences: ArtifactRef<"dataset">;
export let reward: ArtifactRef<"reward-model">;

/** A dataset of rows. */
export async function rows(name: string, list: object[]): Promise<ArtifactRef<"dataset">> {
  writeFileSync(path.join(context.workingDirectory, name), list.map((row) => JSON.stringify(row) + "\n").join(""));
  return (await runStage("dataset", { source: { file: name } }, context)).outputs.train;
}

export const architecture = { ...tinyPretraining.architecture, contextLength: 64 };
export const fitting = { epochs: 30, batchSize: 3, learningRate: 3e-3 };

beforeAll(async () => {
  context = stageContext();
  data = await makeData(context);
  const base = await runStage(
    "pretrain",
    { tokens: data.tokens, ...tinyPretraining, architecture, steps: 40 },
    context,
  );
  await context.checkpoints.clear();
  const training = { data: [whole(data.asked)], epochs: 20, batchSize: 1, learningRate: 3e-3 };
  ({ model } = (await runStage("sft", { model: base.outputs.model, ...training }, context)).outputs);
  await context.checkpoints.clear();
  preferences = await rows(
    "preferences.jsonl",
    questions.map(([prompt, chosen]) => ({ prompt, chosen, rejected: "The wheel turns the lever." })),
  );
  reward = (await runStage("reward-model", { model, data: [preferences], ...fitting }, context)).outputs.rewardModel;
  await context.checkpoints.clear();
  const other = await runStage("tokenize", { train: [data.text], vocabularySize: 280 }, context);
  otherModel = (await runStage("pretrain", { tokens: other.outputs.tokens, ...tinyPretraining, steps: 1 }, context))
    .outputs.model;
  await context.checkpoints.clear();
});
afterAll(() => context.remove());

export const read = async (ref: ArtifactRef, file: string) =>
  JSON.parse(readFileSync(path.join(await context.openArtifact(ref), file), "utf8")) as Record<string, unknown>;

const writing = { iterations: 4, maxNewTokens: 10, learningRate: 1e-3 };
export const ppoSettings = () => ({
  ...writing,
  model,
  rewardModel: reward,
  prompts: [data.asked],
  batchSize: 8,
  // Responses of two calls of collect.
  samplingBatch: 1,
  minibatches: 2,
  epochs: 2,
  klTarget: 2,
  klHorizon: 16,
  valueClipRelative: true,
  normalizeRewards: true,
});
export const grpoSettings = () => ({
  ...writing,
  model,
  prompts: [data.asked],
  verifiers: [{ kind: "regex", pattern: "^T", weight: 1, memoryLimitBytes: 1 << 24 }] as never[],
  groupSize: 4,
  // Four groups in one call of collect, and one in the next.
  groups: 5,
  samplingBatch: 4,
  minibatches: 2,
  epochs: 2,
  beta: 0.05,
  dynamicSampling: true,
  maskTruncated: true,
  overlongPenalty: { cache: 4, penalty: 0.5 },
});

/** Runs a stage in attempts, each stopped after `every` reports of progress, until it ends. */
async function inPieces<T extends StageType>(type: T, settings: Partial<StageWith<T>>, seed: number, every: number) {
  for (let attempts = 1; ; attempts++) {
    const attempt = stageContext(seed, context.workingDirectory);
    let reports = 0;
    attempt.onProgress = () => {
      if (++reports === every) attempt.abort(new Error("told to stop"));
    };
    try {
      return { attempts, ...(await runStage(type, settings, attempt)) };
    } catch (error) {
      if ((error as Error).message !== "told to stop") throw error;
    }
  }
}

/**
 * A stage ends in the same bytes and metrics, however often it is stopped.
 * @returns its result when it is left alone
 */
export async function expectSameInPieces<T extends StageType>(type: T, settings: Partial<StageWith<T>>, every: number) {
  const whole = await runStage(type, settings, stageContext(7, context.workingDirectory));
  await context.checkpoints.clear();
  const { attempts, ...pieces } = await inPieces(type, settings, 7, every);
  await context.checkpoints.clear();
  expect(attempts).toBeGreaterThan(2);
  expect(pieces).toEqual(whole);
  return whole;
}
