import { readInstructions, type InstructionRow } from "../formats/dataset.js";
import { shuffledBatches, type Batches } from "../lm/data/batches.js";
import { countedIn, joinSequences, type Example } from "../lm/data/sequences.js";
import { chatTemplate } from "../lm/text/chat.js";
import { Trainer } from "../lm/train/trainer.js";
import type { ArtifactRef } from "../schemas/artifact.js";
import { PawlError } from "../platform/errors.js";
import { loadBackend } from "../tensor/backend.js";
import { openModel, putModel } from "./models/model.js";
import { readExamples, readSources, type Source } from "./sft/sources.js";
import type { Stage, StageContext } from "./stage.js";
import { runTraining } from "./training/loop.js";
import {
  checkWarmup,
  heldOutBatches,
  maxPredictions,
  rowLength,
  trainerSettings,
  trainingPlan,
} from "./training/settings.js";

/**
 * Instruction fine-tuning: the loss counts the response's tokens only, of prose all; examples keep
 * their boundaries when packed. Prose among the examples reduces forgetting: the loss that made the
 * model continues to be minimized (Ouyang et al. 2022, "Training language models to follow
 * instructions with human feedback", PPO-ptx; Ibrahim et al. 2024, arXiv:2403.08763).
 */
export const sft: Stage<"sft"> = async (settings, context) => {
  const { architecture, weights, tokenizer, tokens, directory } = await openModel(settings.model, context);
  const length = rowLength(settings, architecture);
  const sources = await readSources(settings.data, tokenizer, length, context);
  checkSome(sources, length);
  const heldOutExamples = await readExamples(readInstructionRows(settings.heldOut, context), tokenizer, context);

  const batches = createBatches(sources, settings.batchSize, length, context.seed);
  const { accumulate } = settings;
  const steps = Math.max(1, Math.ceil((settings.epochs * batches.rowsPerEpoch) / (settings.batchSize * accumulate)));
  checkWarmup(settings, steps);
  const metricsOfSources = sourceMetrics(sources, batches.timesRead(steps * accumulate), context);
  const general = trainerSettings(settings, architecture, steps);
  const predictions = maxPredictions(batches.maxCounted(steps * accumulate), general.shape);
  const trainerOptions = { ...general, shape: { ...general.shape, ...predictions } };
  const heldOut = heldOutBatches(heldOutExamples, trainerOptions);
  await loadBackend();
  const trainer = new Trainer(trainerOptions, weights);
  try {
    const plan = trainingPlan(trainer, { ...settings, steps }, architecture, { batchAt: batches.at, heldOut });
    const trained = await runTraining(plan, context);
    const model = await putModel(
      context,
      { architecture, weights: trainer.weights(), tokens, chatTemplate },
      directory,
    );
    const metrics: Record<string, number> = {
      loss: trained.loss!,
      steps,
      tokens: trained.tokens,
      ...metricsOfSources,
    };
    if (heldOut && trained.heldOutNats !== undefined) {
      metrics["heldOutLoss"] = trained.heldOutNats / heldOut.tokens;
      metrics["heldOutTooLong"] = countTooLong(heldOutExamples, length);
    }
    return { outputs: { model }, metrics };
  } finally {
    trainer.dispose();
  }
};

async function* readInstructionRows(
  refs: readonly ArtifactRef<"dataset">[],
  context: StageContext,
): AsyncGenerator<InstructionRow> {
  for (const ref of refs) yield* readInstructions(await context.openArtifact(ref));
}

/** Sources of one weight are packed together. */
function createBatches(sources: readonly Source[], rows: number, length: number, seed: number): Batches {
  const sequences = joinSequences(sources.map((source) => source.sequences));
  const parts = [...new Set(sources.map(({ weight }) => weight))].map((weight) => {
    const own = sources.filter((source) => source.weight === weight);
    return { sequences: own.reduce((sum, source) => sum + source.sequences.lengths.length, 0), weight };
  });
  return shuffledBatches(sequences, rows, length, seed, parts);
}

/**
 * Logs what is learned from each source, and returns the metrics of all together.
 * @param times that the training reads each sequence, source after source
 */
function sourceMetrics(
  sources: readonly Source[],
  times: Uint32Array,
  context: StageContext,
): Record<"examples" | "prose" | "proseCut" | "proseShare" | "tooLong", number> {
  const sums = { examples: 0, prose: 0, proseCut: 0, proseTokens: 0, tokens: 0, tooLong: 0 };
  let first = 0;
  for (const { name, kind, weight, rows, sequences, tooLong, cut } of sources) {
    const count = sequences.lengths.length;
    const read = times.subarray(first, first + count);
    const tokens = read.reduce((sum, often, i) => sum + often * countedIn(sequences, i), 0);
    const sequencesRead = read.reduce((sum, often) => sum + often, 0);
    context.log(`${name}: ${kind}`, { weight, rows, tooLong, cut, sequences: count, sequencesRead, tokens });
    first += count;
    sums.tokens += tokens;
    sums.tooLong += tooLong;
    sums.proseCut += cut;
    if (kind === "instruction") sums.examples += count;
    else [sums.prose, sums.proseTokens] = [sums.prose + rows, sums.proseTokens + tokens];
  }
  const { proseTokens, tokens, ...metrics } = sums;
  return { ...metrics, proseShare: proseTokens / tokens };
}

function countTooLong(examples: readonly Example[], length: number): number {
  return examples.filter((example) => example.tokens.length - 1 > length).length;
}

function checkSome(sources: readonly Source[], length: number): void {
  if (sources.every(({ rows }) => rows === 0))
    throw new PawlError("DATA_EMPTY", "there are no examples to train on", {
      where: "with.data",
      expected: "at least one instruction–response row, or one of prose",
      got: "0 rows",
      next: "check the dataset stage before: source, query, limit, heldOut",
    });
  if (sources.some(({ sequences }) => sequences.lengths.length > 0)) return;
  const shortest = sources.reduce((least, source) => Math.min(least, source.shortest), Infinity);
  throw new PawlError("CONTEXT_EXCEEDED", "every example is longer than a sequence", {
    where: "with.data",
    expected: `examples of at most ${length} tokens`,
    got: `the shortest has ${shortest}`,
    next: "raise sequenceLength (up to the model's context), or shorten the examples",
  });
}
