import type { NeedleMetrics } from "../../formats/evaluation.js";
import { orderedBatches } from "../../lm/data/batches.js";
import { encodeNeedles, needleTest, type NeedleTokens } from "../../lm/data/needles.js";
import { exampleSequences, type Example } from "../../lm/data/sequences.js";
import { EndScorer } from "../../lm/decode/end-scorer.js";
import { PawlError } from "../../platform/errors.js";
import type { NeedleSettings } from "../../schemas/fields/needle.js";
import { loadBackend } from "../../tensor/backend.js";
import type { OpenModel } from "../models/model.js";
import type { StageContext } from "../stage.js";

/** The parts of a model that measuring needs. */
export type MeasuredModel = Pick<OpenModel, "architecture" | "weights" | "tokenizer" | "tokens">;

/**
 * Share of needles found, by length and depth: found when each token of the answer is the most probable one, which is
 * what a model that always takes the most probable token would write.
 * @param haystack tokens of a text
 * @throws PawlError CONTEXT_EXCEEDED where a length is beyond the model's context
 */
export async function measureNeedles(
  model: MeasuredModel,
  haystack: ArrayLike<number>,
  settings: NeedleSettings & { batchSize: number },
  context: StageContext,
): Promise<NeedleMetrics> {
  const lengths = settings.lengths ?? [model.architecture.contextLength];
  checkLengths(lengths, model.architecture.contextLength);
  const depths = Array.from({ length: settings.depths }, (_, d) =>
    settings.depths === 1 ? 0.5 : d / (settings.depths - 1),
  );
  const needles = await encodeNeedles(settings, model.tokenizer);
  await loadBackend();
  const found: number[][] = [];
  for (const length of lengths) {
    const tests = depths.flatMap((depth, d) =>
      Array.from({ length: settings.samples }, (_, sample) => {
        const place = { length, depth, distractors: settings.distractors, index: d * settings.samples + sample };
        return needleTest(needles, haystack, model.tokens.endOfText, place, context.seed);
      }),
    );
    const right = await answerTests(model, tests, needles, { rows: settings.batchSize, length }, context);
    found.push(depths.map((_, d) => mean(right.slice(d * settings.samples, (d + 1) * settings.samples).map(Number))));
  }
  const { samples, distractors, statement, question } = settings;
  return { lengths, depths, found, samples, distractors, statement, question };
}

/** Whether each test's answer is right. @param tests of `shape.length` predictions each */
async function answerTests(
  model: MeasuredModel,
  tests: readonly Example[],
  needles: readonly NeedleTokens[],
  shape: { rows: number; length: number },
  context: StageContext,
): Promise<boolean[]> {
  const answers = needles.flatMap((ofKey) => ofKey.answers);
  const slots = answers.reduce((most, { length }) => Math.max(most, length), 0);
  // All are as long as a row, so that packing keeps their order.
  const { batches, at } = orderedBatches(exampleSequences(tests, shape.length).sequences, shape.rows, shape.length);
  const scorer = new EndScorer(model.architecture, model.weights, shape, slots);
  const right: boolean[] = [];
  try {
    for (let b = 0; b < batches; b++) {
      const best = scorer.best(at(b));
      for (let r = 0; r < shape.rows && right.length < tests.length; r++)
        right.push(isRight(tests[right.length]!, best.subarray(r * slots, (r + 1) * slots)));
      const phase = `needles of ${shape.length} tokens`;
      context.progress({ phase, done: right.length, total: tests.length, unit: "needles", metrics: {} });
      await context.yield();
    }
  } finally {
    scorer.dispose();
  }
  return right;
}

/** @param best the model's next tokens at the row's end */
function isRight({ tokens, counted }: Example, best: Int32Array): boolean {
  const shift = tokens.length - best.length;
  return best.every((id, i) => !counted[shift + i] || id === tokens[shift + i]);
}

function checkLengths(lengths: readonly number[], context: number): void {
  const tooLong = lengths.findIndex((length) => length > context);
  if (tooLong < 0) return;
  throw new PawlError("CONTEXT_EXCEEDED", "the needle's text is longer than the model's context", {
    where: `with.needle.lengths[${tooLong}]`,
    expected: `at most ${context} tokens`,
    got: String(lengths[tooLong]),
    next: "lower the length, or extend the model's context first",
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
