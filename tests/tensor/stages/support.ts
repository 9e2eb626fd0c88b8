import { writeFileSync } from "node:fs";
import path from "node:path";
import { Value } from "@sinclair/typebox/value";
import { stages } from "../../../activities/index.js";
import type { Stage, StageContext } from "../../../activities/stage.js";
import { stageDefinitions, type StageType, type StageWith, type GivenWith } from "../../../schemas/stages/index.js";
import type { ArtifactRef } from "../../../schemas/artifact.js";
import { openCheckpoints } from "../../../store/checkpoints.js";
import { testContext, type TestContext } from "../../support/stage-context.js";

/**
 * A stage context with real checkpoints.
 * @param directory that of an earlier context, to resume from
 */
export function stageContext(seed = 1, directory?: string): TestContext {
  const context = testContext(seed, directory);
  const home = path.join(context.workingDirectory, ".pawl");
  context.checkpoints = openCheckpoints(home, "key", { keep: 2, onCorrupt: () => {} });
  context.checkpointEveryMs = 3_600_000;
  return context;
}

/** Runs a stage with its defaults filled in. */
export async function runStage<T extends StageType>(type: T, settings: GivenWith<T>, context: StageContext) {
  const complete = Value.Default(stageDefinitions[type].with, settings) as StageWith<T>;
  const stage = (await stages[type]()) as unknown as Stage<T>;
  return stage(complete, context);
}

/** A dataset of which an epoch of `sft` reads every row. */
export const whole = (data: ArtifactRef<"dataset">) => ({ data, weight: 1 });

/**
 * A value of every metric that a stage declares, for `toEqual`: of a run in which each has a
 * meaning.
 */
export function everyMetric(type: StageType): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(stageDefinitions[type].metrics).map((name) => [name, expect.any(Number) as unknown]),
  );
}

const words = ["pawl", "wheel", "ratchet", "tooth", "spring", "gear", "lever", "shaft"];

/** Sentences in which each word decides the next. */
export function sentences(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const at = (k: number): string => words[(i * 3 + k * (1 + (i % 2))) % words.length]!;
    return `the ${at(0)} holds the ${at(1)} and the ${at(2)} turns the ${at(3)}`;
  });
}

export const questions = [
  ["What holds the wheel?", "The pawl."],
  ["What turns the shaft?", "The gear."],
  ["What bends?", "The spring."],
] as const;

/** Text, held-out text, tokens and questions in the store. */
export async function makeData(context: TestContext) {
  const write = (name: string, rows: string[]): void =>
    writeFileSync(path.join(context.workingDirectory, name), rows.map((row) => row + "\n").join(""));
  write("corpus.txt", sentences(60));
  write("rest.txt", sentences(67).slice(60));
  write(
    "questions.jsonl",
    questions.map(([instruction, response]) => JSON.stringify({ instruction, response })),
  );
  const lines = { unit: "line" };
  const read = async (file: string, cut: object) =>
    (await runStage("dataset", { source: { file }, ...cut }, context)).outputs.train;
  const [text, heldOutText, asked] = [
    await read("corpus.txt", lines),
    await read("rest.txt", lines),
    await read("questions.jsonl", {}),
  ];
  const settings = { train: [text], heldOut: [heldOutText], vocabularyFrom: [asked], vocabularySize: 300 };
  const { outputs } = await runStage("tokenize", settings, context);
  return { text, heldOutText, asked, ...outputs };
}

export const tinyPretraining = {
  architecture: {
    layers: 1,
    hiddenSize: 32,
    heads: 2,
    keyValueHeads: 1,
    contextLength: 48,
    ropeTheta: 10000,
    tieEmbeddings: true,
  },
  steps: 8,
  batchSize: 4,
  learningRate: 1e-2,
};
