import { join } from "node:path";
import { readInstructions, readTexts } from "../formats/dataset.js";
import { writeJson } from "../formats/json-file.js";
import { orderedBatches } from "../lm/batches.js";
import { bitsPerByte, byteEntropy, exactMatch } from "../lm/metrics.js";
import { scoringWindows } from "../lm/scoring-windows.js";
import { Scorer } from "../lm/scoring.js";
import { exampleSequences } from "../lm/sequences.js";
import type { ArtifactRef } from "../schemas/artifact.js";
import { PawlError } from "../schemas/errors.js";
import type { StageWith } from "../schemas/stages/index.js";
import { loadBackend } from "../tensor/backend.js";
import { brotliSize } from "./evaluate/brotli-size.js";
import { answer, checkPrompts, promptTokens, type Answer } from "./models/answers.js";
import { openModel, type OpenModel } from "./models/model.js";
import type { Stage, StageContext } from "./stage.js";

type Settings = StageWith<"evaluate">;

/** Bits per byte of held-out text, exact match on questions, answers to prompts. */
export const evaluate: Stage<"evaluate"> = async (settings, context) => {
  const model = await openModel(settings.model, context);
  const promptIds = await promptTokens(model, settings.prompts, settings.chat);
  checkPrompts(model, promptIds);
  const text = settings.text.length > 0 ? await measureText(model, settings, context) : undefined;
  const questions = settings.questions.length > 0 ? await askQuestions(model, settings, context) : undefined;
  const samples = await answer(model, settings.prompts, promptIds, settings, context);
  const evaluation = await context.putArtifact("evaluation", (folder) =>
    writeJson(join(folder, "evaluation.json"), { text, questions, samples }),
  );
  const metrics: Record<string, number> = { ...text };
  if (questions) {
    metrics["exactMatch"] = questions.exactMatch;
    metrics["questions"] = questions.questions;
    metrics["questionsTooLong"] = questions.questionsTooLong;
  }
  return { outputs: { evaluation }, metrics };
};

/**
 * The model's bits per byte, and what simpler coders need for the same text. The model also pays for the end-of-text
 * token after each document; the others pay for a newline there. All divide by the documents' UTF-8 bytes.
 */
async function measureText(model: OpenModel, settings: Settings, context: StageContext) {
  const texts = await collect(settings.text, readTexts, context);
  if (texts.length === 0) throw empty("with.text");
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const nats = await scoreTexts(model, texts, settings, context);
  const whole = Buffer.from(texts.join("\n"), "utf8");
  context.progress({ phase: "compress text", done: 0, total: whole.length, unit: "bytes", metrics: {} });
  return {
    bitsPerByte: bitsPerByte(nats, bytes),
    entropyBitsPerByte: (byteEntropy(whole) * whole.length) / bytes,
    brotliBitsPerByte: ((await brotliSize(whole)) * 8) / bytes,
    bytes,
  };
}

async function scoreTexts(
  model: OpenModel,
  texts: readonly string[],
  { batchSize }: Settings,
  context: StageContext,
): Promise<number> {
  const encoded = await model.tokenizer.encodeBatch([...texts]);
  const length = model.architecture.context;
  const windows = encoded.flatMap((ids) => scoringWindows(ids, model.tokens.endOfText, length));
  const { batches, at } = orderedBatches(exampleSequences(windows, length).sequences, batchSize, length);
  await loadBackend();
  const scorer = new Scorer(model.architecture, model.weights, { rows: batchSize, length });
  let nats = 0;
  try {
    for (let i = 0; i < batches; i++) {
      nats += scorer.score(at(i));
      context.progress({ phase: "score text", done: i + 1, total: batches, unit: "batches", metrics: {} });
      await new Promise(setImmediate);
      context.signal.throwIfAborted();
    }
  } finally {
    scorer.dispose();
  }
  return nats;
}

interface AskedQuestion extends Answer {
  reference: string;
  right: boolean;
}

/** Exact match but for case and white space. A question too long for the model counts as wrong. */
async function askQuestions(model: OpenModel, settings: Settings, context: StageContext) {
  const rows = (await collect(settings.questions, readInstructions, context)).slice(0, settings.limit);
  if (rows.length === 0) throw empty("with.questions");
  const tokens = await promptTokens(
    model,
    rows.map((row) => row.instruction),
    settings.chat,
  );
  const asked = rows.flatMap((row, i) =>
    tokens[i]!.length <= model.architecture.context ? [{ row, ids: tokens[i]! }] : [],
  );
  const answers = await answer(
    model,
    asked.map(({ row }) => row.instruction),
    asked.map(({ ids }) => ids),
    settings,
    context,
  );
  const results = answers.map((given, i): AskedQuestion => {
    const reference = asked[i]!.row.response;
    return { ...given, reference, right: exactMatch(given.text, reference) };
  });
  return {
    exactMatch: results.filter((result) => result.right).length / rows.length,
    questions: rows.length,
    questionsTooLong: rows.length - asked.length,
    answers: results,
  };
}

async function collect<T>(
  refs: readonly ArtifactRef<"dataset">[],
  read: (folder: string) => AsyncGenerator<T>,
  context: StageContext,
): Promise<T[]> {
  const all: T[] = [];
  for (const ref of refs) for await (const row of read(await context.openArtifact(ref))) all.push(row);
  return all;
}

function empty(where: string): PawlError {
  return new PawlError("DATA_EMPTY", "there is nothing to measure on", {
    where,
    expected: "at least one row",
    got: "0 rows",
    next: "check the dataset stage before: source, query, limit, heldOut",
  });
}
