import type { PositionMetrics } from "../../formats/evaluation.js";
import { orderedBatches } from "../../lm/data/batches.js";
import { bitsPerByte } from "../../lm/train/metrics.js";
import { addWindow, fullWindows, positionRanges } from "../../lm/data/positions.js";
import { exampleSequences } from "../../lm/data/sequences.js";
import { TokenScorer } from "../../lm/train/token-scorer.js";
import { PawlError } from "../../platform/errors.js";
import { loadBackend } from "../../tensor/backend.js";
import type { StageContext } from "../stage.js";
import type { MeasuredModel } from "./needle.js";

/**
 * Bits per byte by the position in the context: whether the model predicts better the more it has
 * read.
 * @param documents tokens of each, without end tokens
 * @throws PawlError DATA_EMPTY if no document fills the context
 */
export async function measureByPosition(
  model: MeasuredModel,
  documents: Iterable<ArrayLike<number>>,
  settings: { batchSize: number; where: string },
  context: StageContext,
): Promise<PositionMetrics> {
  const length = model.architecture.contextLength;
  const rows = settings.batchSize;
  const windows = Array.from(documents).flatMap((ids) => fullWindows(ids, model.tokens.endOfText, length));
  if (windows.length === 0) throw tooShort(settings.where, length);
  const ranges = positionRanges(length);
  const { tokenizer } = model;
  const byteLengths = Int32Array.from({ length: tokenizer.vocabularySize }, (_, id) => tokenizer.tokenBytes(id).length);
  const { batches, at } = orderedBatches(exampleSequences(windows, length).sequences, rows, length);
  await loadBackend();
  const scorer = new TokenScorer(model.architecture, model.weights, { rows, length });
  try {
    for (let b = 0; b < batches; b++) {
      const batch = at(b);
      const nats = scorer.score(batch);
      for (let r = 0; r < rows && b * rows + r < windows.length; r++) {
        const row = <T extends Float32Array | Int32Array>(values: T) => values.subarray(r * length, (r + 1) * length);
        addWindow(ranges, row(nats), row(batch.targets), byteLengths);
      }
      context.progress({ phase: "score by position", done: b + 1, total: batches, unit: "batches", metrics: {} });
      await context.yield();
    }
  } finally {
    scorer.dispose();
  }
  const measured = ranges
    .filter(({ bytes }) => bytes > 0)
    .map(({ from, to, nats, bytes }) => ({ from, to, bitsPerByte: bitsPerByte(nats, bytes), bytes }));
  return { ranges: measured, windows: windows.length, contextLength: length };
}

function tooShort(where: string, context: number): PawlError {
  return new PawlError("DATA_EMPTY", "no document fills the model's context", {
    where,
    expected: `a document of at least ${context - 1} tokens`,
    got: "only shorter ones",
    next: "use longer documents (unit: document, a larger minimumBytes)",
  });
}
