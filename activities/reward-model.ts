import { join } from "node:path";
import { readPreferences, type PreferenceRow } from "../formats/dataset.js";
import { writeJson } from "../formats/json-file.js";
import { calibration, encodePairs, pairOutcomes, scoreHistogram, type ScoredPair } from "../lm/train/preferences.js";
import { minibatch } from "../lm/rl/reinforcement.js";
import { groupInterval } from "../lm/train/group-interval.js";
import { mean } from "../lm/train/metrics.js";
import { trivialRules } from "../lm/train/trivial-rules.js";
import { withScoreHead } from "../lm/train/reward-model.js";
import { RewardTrainer } from "../lm/train/reward-trainer.js";
import { learningRateAt } from "../lm/optim/schedule.js";
import type { ArtifactRef } from "../schemas/artifact.js";
import { PawlError } from "../platform/errors.js";
import { append } from "../platform/lists.js";
import type { StageWith } from "../schemas/stages/index.js";
import { loadBackend } from "../tensor/backend.js";
import { openModel, type OpenModel } from "./models/model.js";
import { putRewardModel } from "./models/reward-model.js";
import type { Stage, StageContext } from "./stage.js";
import { runTraining, type TrainingPlan } from "./training/loop.js";
import { checkWarmup, optimizerSettings, createSchedule } from "./training/settings.js";
import { Smoothed } from "./training/smoothed.js";
import type { Pair } from "../lm/train/pair.js";

/** Fits a reward model to preferences: the chosen response of each should score higher. */
export const rewardModel: Stage<"reward-model"> = async (settings, context) => {
  const model = await openModel(settings.model, context);
  const data = await readPairs(settings.data, model, context);
  checkPairs(data, settings, model);
  checkWarmup(settings, totalSteps(settings, data.pairs));
  const heldOut = await readPairs(settings.heldOut, model, context);
  if (data.tooLong > 0) context.log(`${data.tooLong} preferences are longer than the model's context: left out`);
  const trainer = await openTrainer(settings, model, [...data.pairs, ...heldOut.pairs], context);
  try {
    const trainAccuracy = new Smoothed("trainAccuracy");
    const plan = trainingPlan(trainer, settings, data.pairs, trainAccuracy, context);
    const { loss } = await runTraining(plan, context);
    const scores = await scorePairs(trainer, heldOut.pairs, settings.batchSize, context);
    const { bins, error } = calibration(scores);
    const measuredAccuracy = measureAccuracy(scores, heldOut.rows, context);
    const trivial = trivialRules(data.rows, heldOut.rows);
    const histogram = scoreHistogram(scores);
    const evaluated = {
      ...measuredAccuracy,
      trivialRules: trivial,
      calibrationError: error,
      calibration: bins,
      histogram,
    };
    const outputs = {
      rewardModel: await putRewardModel(context, { ...model, weights: trainer.weights() }, model.directory),
      evaluation: await context.putArtifact("evaluation", (directory) =>
        writeJson(join(directory, "evaluation.json"), scores.length > 0 ? evaluated : {}),
      ),
    };
    const measured = {
      ...measuredAccuracy,
      lengthAccuracy: trivial.length.accuracy!,
      ...(trivial.position?.accuracy !== undefined && { positionAccuracy: trivial.position.accuracy }),
      calibrationError: error,
      meanScore: mean(scores.flatMap(({ chosen, rejected }) => [chosen, rejected])),
    };
    const metrics: Record<string, number> = {
      loss: loss!,
      trainAccuracy: trainAccuracy.mean,
      ...(scores.length > 0 ? measured : {}),
      preferences: data.pairs.length,
      heldOutPreferences: heldOut.pairs.length,
      steps: plan.steps,
      tooLong: data.tooLong,
      heldOutTooLong: heldOut.tooLong,
    };
    return { outputs, metrics };
  } finally {
    trainer.dispose();
  }
};

/**
 * With its 95 % interval over the entities of the preferences, or over their prompts if they have
 * none.
 */
function measureAccuracy(scores: readonly ScoredPair[], rows: readonly PreferenceRow[], { seed }: StageContext) {
  const outcomes = pairOutcomes(scores);
  if (outcomes.length === 0) return { accuracy: 0 };
  const { low, high } = groupInterval(
    outcomes,
    rows.map(({ entity, prompt }) => entity ?? prompt),
    seed,
  );
  return { accuracy: mean(outcomes), accuracyLow: low, accuracyHigh: high };
}

/**
 * Preferences that fit the model's context, as text and as tokens, and the number of those that do
 * not.
 */
async function readPairs(
  refs: readonly ArtifactRef<"dataset">[],
  { tokenizer, architecture }: OpenModel,
  context: StageContext,
): Promise<{ rows: PreferenceRow[]; pairs: Pair[]; tooLong: number; shortest: number }> {
  const read: PreferenceRow[] = [];
  for (const ref of refs) for await (const row of readPreferences(await context.openArtifact(ref))) read.push(row);
  const all = await encodePairs(tokenizer, read);
  const length = ({ prompt, chosen, rejected }: Pair): number =>
    prompt.length + Math.max(chosen.length, rejected.length);
  const fits = (pair: Pair): boolean => length(pair) <= architecture.contextLength;
  const pairs = all.filter(fits);
  const rows = read.filter((_, i) => fits(all[i]!));
  const shortest = all.reduce((least, pair) => Math.min(least, length(pair)), Infinity);
  return { rows, pairs, tooLong: all.length - pairs.length, shortest };
}

/** A trainer whose rows hold the longest prompt and the longest response of all preferences. */
async function openTrainer(
  settings: StageWith<"reward-model">,
  { architecture, weights }: OpenModel,
  pairs: readonly Pair[],
  { seed }: StageContext,
): Promise<RewardTrainer> {
  const longest = (tokens: (pair: Pair) => number): number => pairs.reduce((most, p) => Math.max(most, tokens(p)), 0);
  const shape = {
    rows: 2 * settings.batchSize,
    recompute: settings.recompute,
    prompt: longest(({ prompt }) => prompt.length),
    response: longest(({ chosen, rejected }) => Math.max(chosen.length, rejected.length)),
  };
  await loadBackend();
  const { centering, accumulate } = settings;
  const options = { architecture, shape, accumulate, centering, optimizer: optimizerSettings(settings) };
  return new RewardTrainer(options, withScoreHead(architecture, weights, seed));
}

const updatesPerEpoch = ({ batchSize, accumulate }: StageWith<"reward-model">, pairs: readonly Pair[]): number =>
  Math.ceil(pairs.length / (batchSize * accumulate));

/** Optimizer steps in total. */
function totalSteps(settings: StageWith<"reward-model">, pairs: readonly Pair[]): number {
  return Math.max(1, Math.ceil(settings.epochs * updatesPerEpoch(settings, pairs)));
}

function trainingPlan(
  trainer: RewardTrainer,
  settings: StageWith<"reward-model">,
  pairs: readonly Pair[],
  trainAccuracy: Smoothed,
  context: StageContext,
): TrainingPlan {
  const perEpoch = updatesPerEpoch(settings, pairs);
  const steps = totalSteps(settings, pairs);
  const schedule = createSchedule(settings, steps);
  return {
    steps,
    update(step) {
      const position = { iteration: Math.floor(step / perEpoch), index: step % perEpoch, seed: context.seed };
      const chosen = minibatch(pairs.length, perEpoch, position);
      const learningRate = learningRateAt(schedule, step);
      const batch = chosen.map((index) => pairs[index]!);
      const { accuracy, ...report } = trainer.update(step, learningRate, batch);
      trainAccuracy.add(accuracy);
      context.recordMetrics(step + 1, { trainAccuracy: accuracy });
      return { ...report, learningRate, tokens: batch.length };
    },
    state: () => ({ ...trainer.state(), ...trainAccuracy.state() }),
    restore: (state) => trainer.restore(trainAccuracy.restore(state)),
    heldOut: undefined,
    evaluateEvery: 0,
    // A margin raises it, and centering adds to it.
    uniformLoss: undefined,
  };
}

async function scorePairs(
  trainer: RewardTrainer,
  pairs: readonly Pair[],
  batchSize: number,
  context: StageContext,
): Promise<ScoredPair[]> {
  const scores: ScoredPair[] = [];
  for (let first = 0; first < pairs.length; first += batchSize) {
    append(scores, trainer.score(pairs.slice(first, first + batchSize)));
    context.progress({
      phase: "score preferences",
      done: scores.length,
      total: pairs.length,
      unit: "preferences",
      metrics: {},
    });
    await context.yield();
  }
  return scores;
}

function checkPairs(
  { pairs, tooLong, shortest }: { pairs: readonly Pair[]; tooLong: number; shortest: number },
  { batchSize }: StageWith<"reward-model">,
  { architecture }: OpenModel,
): void {
  if (pairs.length === 0 && tooLong > 0)
    throw new PawlError("CONTEXT_EXCEEDED", "every preference is longer than the model's context", {
      where: "with.data",
      expected: `at most ${architecture.contextLength} tokens`,
      got: `the shortest has ${shortest}`,
      next: "shorten the responses, or pretrain with a larger architecture.contextLength",
    });
  if (pairs.length < batchSize)
    throw new PawlError("DATA_EMPTY", "there are fewer preferences than one batch needs", {
      where: "with.data",
      expected: `at least ${batchSize} preferences (batchSize)`,
      got: `${pairs.length} preferences`,
      next: "lower batchSize, or collect more preferences",
    });
}
