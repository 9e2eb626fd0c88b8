import type { Rollout } from "../../../lm/rollout.js";
import { ResponseScorer, Scorer } from "../../../lm/scoring.js";
import { loadBackend } from "../../../tensor/backend.js";
import { batchOf, formulaWeights, tinyArchitecture, tokensOf } from "./support.js";

beforeAll(() => loadBackend("tensorflow"));

const a = tinyArchitecture({ context: 12 });
const weights = formulaWeights(a);
const rollout = (salt: number, prompt: number, response: number): Rollout => ({
  prompt: tokensOf(salt, prompt, a.vocabularySize),
  response: tokensOf(salt + 50, response, a.vocabularySize),
  ended: true,
});

function scored(rollouts: Rollout[], temperature: number): number[][] {
  const scorer = new ResponseScorer(a, weights, { rows: 3, prompt: 8, response: 9 }, temperature);
  const figures = scorer.score(rollouts).map((tokens) => Array.from(tokens));
  scorer.dispose();
  return figures;
}

/** −loss of the response's tokens, from the scorer of texts. */
function logProbability({ prompt, response }: Rollout): number {
  const batch = batchOf([[[...prompt, ...response]]], prompt.length + response.length - 1);
  batch.weights.fill(0, 0, prompt.length - 1);
  const scorer = new Scorer(a, weights, batch.shape);
  const nats = scorer.score(batch);
  scorer.dispose();
  return -nats;
}

test("log-probabilities of responses are those of the same tokens as text, whatever shares the batch", () => {
  // The third is one token longer than the context: its last token is predicted, and nothing from it.
  const rollouts = [rollout(1, 3, 5), rollout(2, 8, 1), rollout(3, 4, 9)];
  const figures = scored(rollouts, 1);
  expect(figures.map((tokens) => tokens.length)).toEqual([5, 1, 9]);
  figures.forEach((tokens, i) =>
    expect(tokens.reduce((sum, value) => sum + value, 0)).toBeCloseTo(logProbability(rollouts[i]!), 4),
  );
  expect(scored(rollouts.slice(1, 2), 1)[0]![0]).toBeCloseTo(figures[1]![0]!, 5);
});

test("the temperature divides the logits: a hot softmax is nearly uniform", () => {
  const [tokens] = scored([rollout(1, 3, 5)], 1e6);
  for (const value of tokens!) expect(value).toBeCloseTo(-Math.log(a.vocabularySize), 3);
});
