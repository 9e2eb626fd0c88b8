import { Critic } from "../../../lm/rl/critic.js";
import { scoreName, withScoreHead } from "../../../lm/train/reward-model.js";
import { RewardScorer, RewardTrainer } from "../../../lm/train/reward-trainer.js";
import { beforeResponse, makeValues, makeRollouts, uncached } from "./rollouts.js";
import { adamw, distance, formulaWeights, tinyArchitecture } from "./support.js";
import { loadTensorFlow } from "../support.js";
import type { Pair } from "../../../lm/train/pair.js";
beforeAll(loadTensorFlow);

const a = tinyArchitecture();
const optimizer = { ...adamw, weightDecay: 0 };
const rollouts = makeRollouts(a, [
  [2, 5],
  [6, 1],
  [3, 4],
]);
const shape = { rows: 4, prompt: 6, response: 5 };
const weights = withScoreHead(a, formulaWeights(a), 1);

test("a fresh head has the standard deviation 1/sqrt(hiddenSize + 1), and replaces the language model's", () => {
  const wide = tinyArchitecture({ hiddenSize: 4096, tieEmbeddings: false });
  const { [scoreName]: head, ...body } = withScoreHead(wide, { "lm_head.weight": weights[scoreName]! }, 1);
  const spread = Math.hypot(...head!.data) / Math.sqrt(4096);
  expect(spread * Math.sqrt(4097)).toBeCloseTo(1, 1);
  expect(body).not.toHaveProperty(["lm_head.weight"]);
});

test("of the pairs of an update those of equal scores count half as right", () => {
  const head = { ...weights[scoreName]!, data: new Float32Array(a.hiddenSize) };
  const trainer = new RewardTrainer(
    { architecture: a, shape, centering: 0, optimizer },
    { ...weights, [scoreName]: head },
  );
  const pair: Pair = { prompt: [1], chosen: [2, 3], rejected: [4], margin: 0 };
  expect(trainer.update(0, 1e-3, [pair, pair]).accuracy).toBe(0.5);
  expect(trainer.update(1, 1e-3, [pair, pair]).accuracy).toBe(1);
  trainer.dispose();
});

test("a response is scored at the token of fitting, whichever end it chose or lacks, whatever stands beside it", () => {
  const [end, otherEnd] = [7, 8];
  const scorer = new RewardScorer(a, { ...shape, response: 6 }, weights, end);
  const fitted = rollouts.map(({ prompt, response }) => ({ prompt, response: [...response, end], ended: true }));
  const expected = uncached(a, weights, fitted).map((outputs) => outputs.at(-1)![0]!);
  const scores = scorer.score(fitted);
  expect(distance(scores, expected)).toBeLessThan(1e-4);
  const other = fitted.map((one) => ({ ...one, response: [...one.response.slice(0, -1), otherEnd] }));
  expect(scorer.score(other)).toEqual(scores);
  const cut = rollouts.map((one) => ({ ...one, ended: false }));
  expect(scorer.score(cut)).toEqual(scores);
  fitted.forEach((rollout, i) => expect(scorer.score([rollout])[0]).toBeCloseTo(scores[i]!, 5));
  // A response of nothing but its end.
  const [empty] = uncached(a, weights, [{ prompt: [3, 4], response: [end], ended: true }]);
  expect(scorer.score([{ prompt: [3, 4], response: [otherEnd], ended: true }])[0]).toBeCloseTo(empty!.at(-1)![0]!, 4);
  scorer.dispose();
});

test("the critic gives the value before each token, and learns returns", () => {
  const settings = { architecture: a, shape, coefficient: 1, optimizer };
  const critic = new Critic(settings, weights);
  const expected = beforeResponse(rollouts, uncached(a, weights, rollouts));
  const values = critic.values(rollouts);
  values.forEach((row, r) =>
    expect(
      distance(
        row,
        expected[r]!.map(([value]) => value!),
      ),
    ).toBeLessThan(1e-4),
  );
  const returns = makeValues(9, rollouts, -1, 1);
  const errors = () =>
    critic.values(rollouts).flatMap((row, r) => Array.from(row, (value, t) => value - returns[r]![t]!));
  // Old values anew each time, as in PPO, so that the clip lets the critic continue.
  for (let step = 0; step < 80; step++)
    critic.update(step, 3e-3, {
      rollouts,
      weights: [0.1, 0.1, 0.1],
      returns,
      oldValues: critic.values(rollouts),
      clip: 0.2,
    });
  expect(Math.hypot(...errors())).toBeLessThan(0.3);
  critic.dispose();
});
