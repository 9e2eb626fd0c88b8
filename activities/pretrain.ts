import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readTokens, type Tokens } from "../formats/tokens.js";
import { parameterCount, resolveArchitecture } from "../lm/model/architecture.js";
import { shuffledBatches } from "../lm/data/batches.js";
import { lazyInitialize } from "../lm/model/initialize.js";
import { bitsPerByte } from "../lm/train/metrics.js";
import { scoringWindows } from "../lm/data/scoring-windows.js";
import { documentSequences, type Example } from "../lm/data/sequences.js";
import { Tokenizer } from "../lm/text/tokenizer.js";
import { Trainer } from "../lm/train/trainer.js";
import { PawlError } from "../platform/errors.js";
import { loadBackend } from "../tensor/backend.js";
import { putModel, specialTokens } from "./models/model.js";
import type { Stage } from "./stage.js";
import { runTraining } from "./training/loop.js";
import { heldOutBatches, trainerSettings, trainingPlan } from "./training/settings.js";

/** Trains a transformer from random weights by next-token prediction on packed documents. */
export const pretrain: Stage<"pretrain"> = async (settings, context) => {
  const directory = await context.openArtifact(settings.tokens);
  const data = await readTokens(directory);
  if (data.facts.documents === 0) throw empty("with.tokens");
  const heldOutData = settings.heldOut && (await readTokens(await context.openArtifact(settings.heldOut)));
  if (heldOutData && heldOutData.facts.tokenizerDigest !== data.facts.tokenizerDigest) throw otherTokenizer();
  const tokenizer = await Tokenizer.fromJson(await readFile(join(directory, "tokenizer.json"), "utf8"));

  const architecture = resolveArchitecture(settings.architecture, data.facts.vocabularySize);
  const trainerOptions = trainerSettings(settings, architecture, settings.steps);
  const { rows, length } = trainerOptions.shape;
  const sequences = documentSequences(data.stream, data.documents, length);
  const batches = shuffledBatches(sequences, rows, length, context.seed);
  const heldOut = heldOutData && heldOutBatches(heldOutWindows(heldOutData, length), trainerOptions);

  const weights = lazyInitialize(architecture, context.seed);
  const tokens = specialTokens(tokenizer);
  const initial = await putModel(context, { architecture, weights, tokens }, directory);
  await loadBackend();
  const trainer = new Trainer(trainerOptions, weights);
  try {
    const { accumulate, steps } = settings;
    const plan = trainingPlan(trainer, settings, architecture, { batchAt: batches.at, heldOut });
    const trained = await runTraining(plan, context);
    const model = await putModel(context, { architecture, weights: trainer.weights(), tokens }, directory);
    const metrics: Record<string, number> = {
      ...(trained.loss !== undefined && { loss: trained.loss }),
      steps,
      tokens: trained.tokens,
      epochs: (steps * accumulate * rows) / batches.rowsPerEpoch,
      parameters: parameterCount(architecture),
    };
    if (heldOut && heldOutData && trained.heldOutNats !== undefined) {
      metrics["heldOutLoss"] = trained.heldOutNats / heldOut.tokens;
      metrics["heldOutBitsPerByte"] = bitsPerByte(trained.heldOutNats, heldOutData.facts.bytes);
    }
    return { outputs: { model, initial }, metrics };
  } finally {
    trainer.dispose();
  }
};

/** Windows in which every held-out token is predicted once. */
function heldOutWindows({ tokens, documents, facts }: Tokens, length: number): Example[] {
  return Array.from(documents).flatMap((start, d) =>
    scoringWindows(tokens.subarray(start, (documents[d + 1] ?? tokens.length) - 1), facts.endOfText, length),
  );
}

function empty(where: string): PawlError {
  return new PawlError("DATA_EMPTY", "there is no text to train on", {
    where,
    expected: "at least one document",
    got: "0 documents",
    next: "check the dataset stage before: source, query, limit, heldOut",
  });
}

function otherTokenizer(): PawlError {
  return new PawlError("TOKENIZER_MISMATCH", "training and held-out tokens come from different tokenizers", {
    where: "with.heldOut",
    expected: "tokens of the tokenizer that made with.tokens",
    got: "tokens of another one",
    next: "take both from one tokenize stage",
  });
}
