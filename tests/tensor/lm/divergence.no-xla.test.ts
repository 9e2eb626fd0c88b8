import type { Rollout } from "../../../lm/data/rollout.js";
import { DivergenceScorer, type ScoredModel } from "../../../lm/train/scoring.js";
import { compileLogits } from "./logits.js";
import { makeBatch, formulaWeights, tinyArchitecture, makeTokens } from "./support.js";
import { loadTensorFlow } from "../support.js";

/**
 * Without XLA: these programs are small and many, and compiling them would take longer than running
 * them.
 */
beforeAll(loadTensorFlow);

/** Of other widths, layers and contexts, with the same vocabulary. */
const model = modelOf(tinyArchitecture({ contextLength: 12 }));
const reference = modelOf(tinyArchitecture({ contextLength: 14, layers: 1, hiddenSize: 8 }));

function modelOf(architecture: ScoredModel["architecture"]): ScoredModel {
  return { architecture, weights: formulaWeights(architecture) };
}

const rollout = (salt: number, prompt: number, response: number): Rollout => ({
  prompt: makeTokens(salt, prompt, model.architecture.vocabularySize),
  response: makeTokens(salt + 50, response, model.architecture.vocabularySize),
  ended: true,
});

function scored(rollouts: Rollout[], temperature: number, other = reference): number[][] {
  const scorer = new DivergenceScorer(model, other, { rows: 3, prompt: 8, response: 9 }, temperature);
  const divergences = scorer.score(rollouts).map((tokens) => Array.from(tokens));
  scorer.dispose();
  return divergences;
}

/**
 * Log-probabilities of every token of the vocabulary after each token of a text, from the logits of
 * the text alone.
 */
function distributions({ architecture: a, weights }: ScoredModel, tokens: number[], temperature: number): number[][] {
  const { forward, dispose } = compileLogits(a, weights, { rows: 1, length: tokens.length });
  const logits = forward(makeBatch([[[...tokens, 0]]], tokens.length));
  dispose();
  return tokens.map((_, i) => {
    const row = Array.from(logits.slice(i * a.vocabularySize, (i + 1) * a.vocabularySize), (x) => x / temperature);
    const total = Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
    return row.map((x) => x - total);
  });
}

test.each([1, 0.7])(
  "divergences are those of the whole distributions, whatever shares the batch (temperature %d)",
  (temperature) => {
    // The third is one token longer than the model's context: its last token is predicted, and
    // nothing from it.
    const rollouts = [rollout(1, 3, 5), rollout(2, 8, 1), rollout(3, 4, 9)];
    const divergences = scored(rollouts, temperature);
    expect(divergences.map((tokens) => tokens.length)).toEqual([5, 1, 9]);
    rollouts.forEach(({ prompt, response }, r) => {
      const read = [...prompt, ...response.slice(0, -1)];
      const [ours, theirs] = [model, reference].map((one) => distributions(one, read, temperature)) as [
        number[][],
        number[][],
      ];
      response.forEach((_, t) => {
        const at = prompt.length - 1 + t;
        const expected = ours[at]!.reduce((sum, log, v) => sum + Math.exp(log) * (log - theirs[at]![v]!), 0);
        expect(divergences[r]![t]).toBeCloseTo(expected, 4);
      });
    });
    expect(scored(rollouts.slice(1, 2), temperature)[0]![0]).toBeCloseTo(divergences[1]![0]!, 5);
  },
);

test("a model does not diverge from itself", () => {
  for (const value of scored([rollout(1, 3, 5)], 1, model)[0]!) expect(Math.abs(value)).toBeLessThan(1e-6);
});
