import { tokenWeights } from "../../../lm/rl/advantages.js";
import { lengthsOf, sampled, spread, trainerOf } from "./one-prompt.js";
import { logShares } from "./rollouts.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

test("with the KL divergence in the objective the policy becomes reference · exp(reward / β) / Z", async () => {
  const [vocabularySize, rows, beta] = [6, 64, 0.4];
  const rewards = [0.2, 1, 0, 0.9, 0.5, 0.1];
  const trainer = trainerOf({ klCoefficient: beta }, vocabularySize, 1, rows);
  const every = rewards.map((_, token) => ({ prompt: [1], response: [token], ended: false }));
  const policy = () => trainer.score(every).logProbabilities.map(([value]) => value!);

  // By theory (Ziegler et al. 2019, eq. 2). There every sample's gradient is the same multiple of
  // the gradient of its log-probability, so that little noise is left; the k3 estimate alone,
  // without the ratio, ends 0.15 away.
  const reference = logShares([0.5, -1, 1, -0.3, 0.2, 0], 1);
  const tilted = rewards.map((reward, token) => reference[token]! + reward / beta);
  const expected = logShares(tilted, 1);
  for (let k = 0; k < 250; k++) {
    const rollouts = await sampled(trainer, rows, k);
    const tokens = rollouts.map(({ response }) => response[0]!);
    trainer.update(k, 0.01 * (1 - k / 250), {
      rollouts,
      weights: tokenWeights(lengthsOf(rollouts), "grpo", 1),
      // A constant baseline changes no expected gradient.
      advantages: spread(
        rollouts,
        tokens.map((token) => rewards[token]! - 0.5),
      ),
      referenceLogProbabilities: tokens.map((token) => Float32Array.of(reference[token]!)),
    });
  }
  const got = policy();
  trainer.dispose();
  const apart = expected.reduce((sum, value, token) => sum + Math.abs(Math.exp(value) - Math.exp(got[token]!)) / 2, 0);
  expect(apart).toBeLessThan(0.02);
});
