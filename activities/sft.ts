import { readInstructions } from "../formats/dataset.js";
import { shuffledBatches } from "../lm/data/batches.js";
import { chatTemplate, encodeChats, type ChatMessage } from "../lm/text/chat.js";
import { exampleSequences, type Example } from "../lm/data/sequences.js";
import type { Tokenizer } from "../lm/text/tokenizer.js";
import { Trainer } from "../lm/train/trainer.js";
import type { ArtifactRef } from "../schemas/artifact.js";
import { PawlError } from "../platform/errors.js";
import { loadBackend } from "../tensor/backend.js";
import { openModel, putModel } from "./models/model.js";
import type { Stage, StageContext } from "./stage.js";
import { runTraining } from "./training/loop.js";
import {
  checkWarmup,
  heldOutBatches,
  predictionsOf,
  rowLength,
  trainerSettings,
  trainingPlan,
} from "./training/settings.js";

/** Instruction fine-tuning: the loss counts the response's tokens only; examples keep their boundaries when packed. */
export const sft: Stage<"sft"> = async (settings, context) => {
  const { architecture, weights, tokenizer, tokens, directory } = await openModel(settings.model, context);
  const length = rowLength(settings, architecture);
  const examples = await readExamples(settings.data, tokenizer, context);
  const { sequences, tooLong } = exampleSequences(examples, length);
  checkSome(examples, sequences.starts.length, length);
  const heldOutExamples = await readExamples(settings.heldOut, tokenizer, context);
  if (tooLong > 0) context.log(`${tooLong} of ${examples.length} examples are longer than ${length} tokens: left out`);

  const batches = shuffledBatches(sequences, settings.batchSize, length, context.seed);
  const steps = Math.max(
    1,
    Math.ceil((settings.epochs * batches.rowsPerEpoch) / (settings.batchSize * settings.accumulate)),
  );
  checkWarmup(settings, steps);
  const general = trainerSettings(settings, architecture, steps);
  const predictions = predictionsOf(batches.mostCounted(steps * settings.accumulate), general.shape);
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
      examples: sequences.starts.length,
      tooLong,
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

/** Rows encoded together: enough for all cores, few enough to yield often. */
const rowsAtOnce = 2000;

async function readExamples(
  refs: readonly ArtifactRef<"dataset">[],
  tokenizer: Tokenizer,
  context: StageContext,
): Promise<Example[]> {
  const examples: Example[] = [];
  let waiting: ChatMessage[][] = [];
  const encode = async (): Promise<void> => {
    await context.yield();
    for (const { ids, response } of await encodeChats(tokenizer, waiting))
      examples.push({ tokens: ids, counted: response });
    waiting = [];
  };
  for (const ref of refs)
    for await (const { instruction, response } of readInstructions(await context.openArtifact(ref))) {
      waiting.push([
        { role: "user", content: instruction },
        { role: "assistant", content: response },
      ]);
      if (waiting.length >= rowsAtOnce) await encode();
    }
  if (waiting.length > 0) await encode();
  return examples;
}

function countTooLong(examples: readonly Example[], length: number): number {
  return examples.filter((example) => example.tokens.length - 1 > length).length;
}

function checkSome(examples: readonly Example[], kept: number, length: number): void {
  if (examples.length === 0)
    throw new PawlError("DATA_EMPTY", "there are no examples to learn from", {
      where: "with.data",
      expected: "at least one instruction–response row",
      got: "0 rows",
      next: "check the dataset stage before: source, query, limit, heldOut",
    });
  if (kept > 0) return;
  const shortest = examples.reduce((least, e) => Math.min(least, e.tokens.length - 1), Infinity);
  throw new PawlError("CONTEXT_EXCEEDED", "every example is longer than a sequence", {
    where: "with.data",
    expected: `examples of at most ${length} tokens`,
    got: `the shortest has ${shortest}`,
    next: "raise sequenceLength (up to the model's context), or shorten the examples",
  });
}
