import { groupAdvantages, tokenWeights } from "../../../lm/rl/advantages.js";
import { resolveArchitecture } from "../../../lm/model/architecture.js";
import { initialize } from "../../../lm/model/initialize.js";
import { PolicyTrainer, type PolicyTrainerSettings } from "../../../lm/rl/policy-trainer.js";
import type { Rollout } from "../../../lm/data/rollout.js";
import type { HostTensors } from "../../../tensor/program.js";
import { logShares } from "./rollouts.js";
import { adamw, knownOptimumSizes } from "./support.js";
import { loadTensorFlow } from "../support.js";
import { held } from "../../../tensor/host-tensor.js";

/** Reinforcement learning where the optimum is known. */
beforeAll(loadTensorFlow);

const noPause = async (): Promise<void> => {};
const optimizer = { ...adamw, weightDecay: 0 };
const lengthsOf = (rollouts: readonly Rollout[]) => rollouts.map(({ response }) => response.length);
/** One advantage for all tokens of a response. */
const spread = (rollouts: readonly Rollout[], advantages: readonly number[]) =>
  rollouts.map(({ response }, i) => response.map(() => advantages[i]!));
/** The same prompt in every row. */
async function sampled(trainer: PolicyTrainer, rows: number, step: number): Promise<Rollout[]> {
  const prompts = Array.from({ length: rows }, (_, sample) => ({ tokens: [1], number: step, sample }));
  return trainer.sample(prompts, { stop: [], seed: 1 }, noPause);
}

function trainerOf(
  settings: Partial<PolicyTrainerSettings["policy"]>,
  vocabularySize: number,
  response: number,
  rows: number,
  weights?: HostTensors,
) {
  const architecture = resolveArchitecture(knownOptimumSizes, vocabularySize);
  const shape = { rows, prompt: 1, response };
  const policy = {
    temperature: 1,
    clipLow: 0.2,
    clipHigh: 0.2,
    ratio: "token" as const,
    klCoefficient: 0,
    onPolicy: true,
    ...settings,
  };
  return new PolicyTrainer(
    { architecture, sampling: { rows, samples: rows, steps: 0 }, training: shape, policy, optimizer },
    weights ?? initialize(architecture, 1),
  );
}

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
