import type { DivergenceMetrics } from "../../formats/evaluation.js";
import { mean, meanAndError } from "../../lm/train/metrics.js";
import type { Rollout, RolloutShape } from "../../lm/data/rollout.js";
import { DivergenceScorer } from "../../lm/train/scoring.js";
import { PawlError } from "../../platform/errors.js";
import type { StageWith } from "../../schemas/stages/index.js";
import { loadBackend } from "../../tensor/backend.js";
import type { OpenModel } from "../models/model.js";
import type { StageContext } from "../stage.js";
import type { AskedQuestions } from "./ask.js";

type Settings = StageWith<"evaluate">;

/**
 * KL(model ‖ reference) of whole responses, in nats, at the temperature that they were sampled at:
 * the mean over the model's own responses of the divergences of their tokens' distributions, the
 * token that ends a response included. Unbiased; with its standard error over questions, since
 * several responses to one question are not independent.
 */
export async function divergence(
  model: OpenModel,
  reference: OpenModel,
  askedQuestions: AskedQuestions,
  { batchSize, temperature }: Settings,
  context: StageContext,
): Promise<DivergenceMetrics> {
  const rollouts = askedQuestions.completions.map(({ tokens, end }, i): Rollout => {
    const response = end === undefined ? tokens : [...tokens, end];
    return { prompt: askedQuestions.prompts[i]!, response, ended: end !== undefined };
  });
  checkContext(reference, rollouts);
  await loadBackend();
  const most = (length: (rollout: Rollout) => number) => rollouts.reduce((max, one) => Math.max(max, length(one)), 0);
  const shape: RolloutShape = {
    rows: Math.min(batchSize, rollouts.length),
    prompt: most(({ prompt }) => prompt.length),
    response: most(({ response }) => response.length),
  };
  const scorer = new DivergenceScorer(model, reference, shape, temperature);
  const sums: number[] = [];
  try {
    for (let first = 0; first < rollouts.length; first += shape.rows) {
      const position = { done: first, total: rollouts.length, unit: "responses", metrics: {} };
      context.progress({ phase: "compare with the reference", ...position });
      await context.yield();
      const divergences = scorer.score(rollouts.slice(first, first + shape.rows));
      sums.push(...divergences.map((tokens) => tokens.reduce((sum, value) => sum + value, 0)));
    }
  } finally {
    scorer.dispose();
  }
  const { mean: kl, error } = meanAndError(questionMeans(sums, askedQuestions.samples));
  const tokens = rollouts.reduce((sum, { response }) => sum + response.length, 0);
  return { kl, ...(error !== undefined && { klError: error }), responses: rollouts.length, tokens };
}

/**
 * Mean of the values of each question; every question has the same number of values, one after
 * another.
 */
function questionMeans(values: readonly number[], each: number): number[] {
  return Array.from({ length: values.length / each }, (_, i) => mean(values.slice(i * each, (i + 1) * each)));
}

/**
 * A response's last token is predicted, but nothing from it: one token more than the context fits.
 */
function checkContext({ architecture }: OpenModel, rollouts: readonly Rollout[]): void {
  const longest = rollouts.reduce((most, { prompt, response }) => Math.max(most, prompt.length + response.length), 0);
  if (longest <= architecture.contextLength + 1) return;
  throw new PawlError("CONTEXT_EXCEEDED", "a response is longer than the reference's context", {
    where: "with.reference",
    expected: `prompt and response of at most ${architecture.contextLength + 1} tokens`,
    got: `${longest} tokens`,
    next: "lower maxNewTokens, or use a reference with a larger context",
  });
}
