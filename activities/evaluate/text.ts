import { readTexts } from "../../formats/dataset.js";
import type { TextMetrics } from "../../formats/evaluation.js";
import { orderedBatches } from "../../lm/data/batches.js";
import { bitsPerByte, byteEntropy } from "../../lm/train/metrics.js";
import { scoringWindows } from "../../lm/data/scoring-windows.js";
import { Scorer } from "../../lm/train/scoring.js";
import { exampleSequences } from "../../lm/data/sequences.js";
import type { StageWith } from "../../schemas/stages/index.js";
import { loadBackend } from "../../tensor/backend.js";
import type { OpenModel } from "../models/model.js";
import type { StageContext } from "../stage.js";
import { collect } from "./ask.js";
import { brotliSize } from "./brotli-size.js";
import { compressAfter } from "./compress-after.js";

type Settings = StageWith<"evaluate">;

/**
 * The model's bits per byte, and what simpler coders need for the same text. The model also pays
 * for the end-of-text token after each document; the others pay for a newline there. All divide by
 * the documents' UTF-8 bytes. With `compressorReads` Brotli is measured a second time, after it has
 * read these texts, as the model has.
 */
export async function measureText(model: OpenModel, settings: Settings, context: StageContext): Promise<TextMetrics> {
  const texts = await collect(settings.text, readTexts, "with.text", context);
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const nats = await scoreTexts(model, texts, settings, context);
  const joined = Buffer.from(texts.join("\n"), "utf8");
  context.progress({ phase: "compress text", done: 0, total: joined.length, unit: "bytes", metrics: {} });
  return {
    bitsPerByte: bitsPerByte(nats, bytes),
    entropyBitsPerByte: (byteEntropy(joined) * joined.length) / bytes,
    brotliBitsPerByte: ((await brotliSize(joined)) * 8) / bytes,
    ...(settings.compressorReads.length > 0 && (await compressAfter(joined, bytes, settings.compressorReads, context))),
    bytes,
    data: settings.text.map(({ digest }) => digest),
  };
}

async function scoreTexts(
  model: OpenModel,
  texts: readonly string[],
  { batchSize }: Settings,
  context: StageContext,
): Promise<number> {
  const encoded = await model.tokenizer.encodeBatch([...texts]);
  const length = model.architecture.contextLength;
  const windows = encoded.flatMap((ids) => scoringWindows(ids, model.tokens.endOfText, length));
  const { batches, at } = orderedBatches(exampleSequences(windows, length).sequences, batchSize, length);
  await loadBackend();
  const scorer = new Scorer(model.architecture, model.weights, { rows: batchSize, length });
  let nats = 0;
  try {
    for (let i = 0; i < batches; i++) {
      nats += scorer.score(at(i));
      context.progress({ phase: "score text", done: i + 1, total: batches, unit: "batches", metrics: {} });
      await context.yield();
    }
  } finally {
    scorer.dispose();
  }
  return nats;
}
