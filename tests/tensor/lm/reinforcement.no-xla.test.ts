import { groupAdvantages, tokenWeights } from "../../../lm/rl/advantages.js";
import { held } from "../../../tensor/host-tensor.js";
import { lengthsOf, sampled, spread, trainerOf } from "./one-prompt.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

test("equal rewards leave every bit of the weights; then a rewarded token becomes nearly certain", async () => {
  const [wanted, response, rows] = [7, 4, 32];
  const trainer = trainerOf({}, 20, response, rows);
  const step = async (k: number, reward: (response: readonly number[]) => number): Promise<number> => {
    const rollouts = await sampled(trainer, rows, k);
    const rewards = rollouts.map((rollout) => reward(rollout.response));
    const weights = tokenWeights(lengthsOf(rollouts), "grpo", response);
    const advantages = spread(rollouts, groupAdvantages(rewards, 8, "group"));
    trainer.update(k, 0.01, { rollouts, weights, advantages });
    return rewards.reduce((sum, value) => sum + value, 0) / rows;
  };
  const before = held(trainer.weights());
  await step(0, () => 0.3);
  expect(held(trainer.weights())).toEqual(before);

  const share = (tokens: readonly number[]) => tokens.filter((token) => token === wanted).length / tokens.length;
  const first = await step(0, share);
  let last = 0;
  for (let k = 1; k < 60; k++) last = await step(k, share);
  trainer.dispose();
  expect(first).toBeLessThan(0.2);
  expect(last).toBeGreaterThan(0.9);
});
