import type { NeedleLengthMetrics, NeedleMetrics } from "../../formats/evaluation.js";
import { orderedBatches } from "../../lm/data/batches.js";
import { encodeNeedles, needleTest, type NeedleTest, type NeedleTokens } from "../../lm/data/needles.js";
import { exampleSequences, type Example } from "../../lm/data/sequences.js";
import { EndScorer } from "../../lm/decode/end-scorer.js";
import type { Architecture } from "../../lm/model/architecture.js";
import { mean, outcomeInterval } from "../../lm/train/metrics.js";
import { PawlError } from "../../platform/errors.js";
import type { NeedleSettings } from "../../schemas/fields/needle.js";
import { loadBackend } from "../../tensor/backend.js";
import type { OpenModel } from "../models/model.js";
import type { StageContext } from "../stage.js";

/** The parts of a model that measuring needs. */
export type MeasuredModel = Pick<OpenModel, "architecture" | "weights" | "tokenizer" | "tokens">;

/**
 * Share of needles found, by length and depth: found when each token of the answer is the most
 * probable one, which is what a model that always takes the most probable token would write.
 * @param haystack tokens of a text
 * @throws PawlError CONTEXT_EXCEEDED if a length is beyond the model's context
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
  const byLength: NeedleLengthMetrics[] = [];
  for (const length of lengths) {
    const tests = depths.flatMap((depth, d) =>
      Array.from({ length: settings.samples }, (_, sample) => {
        const position = { length, depth, distractors: settings.distractors, index: d * settings.samples + sample };
        return needleTest(needles, haystack, model.tokens.endOfText, position, context.seed);
      }),
    );
    const right = await scoreTests(model, tests, needles, { rows: settings.batchSize, length }, context);
    found.push(depths.map((_, d) => mean(right.slice(d * settings.samples, (d + 1) * settings.samples))));
    byLength.push(lengthMetrics(model.architecture, tests, right));
  }
  const { samples, distractors, statement, question } = settings;
  return { lengths, depths, found, byLength, samples, distractors, statement, question };
}

/** @param right 1 for each test that was answered correctly, else 0 */
function lengthMetrics(
  architecture: Architecture,
  tests: readonly NeedleTest[],
  right: readonly number[],
): NeedleLengthMetrics {
  return {
    needles: tests.length,
    found: mean(right),
    ...outcomeInterval(right),
    guess: mean(tests.map(({ guess }) => guess)),
    anyStatement: mean(tests.map(({ anyStatement }) => anyStatement)),
    withinReach: mean(tests.map((test) => Number(isWithinReach(architecture, test)))),
  };
}

/**
 * Whether a token of the needle can have an effect on the answer. With a window w, each of L layers
 * looks w − 1 tokens further back, and at the sinks; dense and sparse attention may look at any
 * token.
 */
export function isWithinReach({ layers, attention }: Architecture, { distance, start }: NeedleTest): boolean {
  if (attention.kind !== "local") return true;
  return distance <= layers * (attention.window - 1) || start < attention.sinks;
}

/**
 * 1 for each test that is answered correctly, else 0.
 * @param tests of `shape.length` predictions each
 */
async function scoreTests(
  model: MeasuredModel,
  tests: readonly Example[],
  needles: readonly NeedleTokens[],
  shape: { rows: number; length: number },
  context: StageContext,
): Promise<number[]> {
  const answers = needles.flatMap((ofKey) => ofKey.answers);
  const ends = answers.reduce((most, { length }) => Math.max(most, length), 0);
  // All are as long as a row, so that packing keeps their order.
  const { batches, at } = orderedBatches(exampleSequences(tests, shape.length).sequences, shape.rows, shape.length);
  const scorer = new EndScorer(model.architecture, model.weights, shape, ends);
  const right: number[] = [];
  try {
    for (let b = 0; b < batches; b++) {
      const best = scorer.best(at(b));
      for (let r = 0; r < shape.rows && right.length < tests.length; r++)
        right.push(Number(isRight(tests[right.length]!, best.subarray(r * ends, (r + 1) * ends))));
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
