import type { Rollout } from "../../../lm/data/rollout.js";
import { resolveArchitecture } from "../../../lm/model/architecture.js";
import { initialise } from "../../../lm/model/initialise.js";
import { Grpo, type GrpoSettings } from "../../../lm/rl/grpo.js";
import { emptyExperience } from "../../../lm/rl/reinforcement.js";
import { adamw, knownOptimumSizes } from "./support.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

const architecture = resolveArchitecture(knownOptimumSizes, 20);
const settings: GrpoSettings = {
  architecture,
  iterations: 4,
  groups: 4,
  groupSize: 8,
  minibatches: 1,
  epochs: 1,
  promptLength: 2,
  maxNewTokens: 4,
  samplingBatch: 8,
  temperature: 1,
  epsilon: 0.2,
  epsilonHigh: 0.2,
  beta: 0,
  klIn: "loss",
  lossType: "dapo",
  scaleRewards: "group",
  dynamicSampling: true,
  optimizer: adamw,
  schedule: { kind: "constant", learningRate: 1e-3, minimumLearningRate: 0, warmupSteps: 0, steps: 4 },
  stop: [3, 4, 5],
  seed: 1,
};
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test("with dynamic sampling, reward, length and missing ends are of all sampled groups, iteration by iteration", async () => {
  let responses = 0;
  let rewards: number[] = [];
  let rollouts: Rollout[] = [];
  const verify = async (_: readonly number[], given: readonly Rollout[]) => {
    // One response in a hundred is right.
    const verdict = given.map(() => Number(++responses % 100 === 0));
    rewards.push(...verdict);
    rollouts.push(...given);
    return { rewards: verdict, failures: {} };
  };
  const algorithm = new Grpo(settings, initialise(architecture, 1), [[1], [2], [1, 2]], verify);
  const reported: number[] = [];
  for (let iteration = 0; iteration < settings.iterations; iteration++) {
    [rewards, rollouts] = [[], []];
    const experience = emptyExperience();
    while (!(await algorithm.collect(experience, async () => {})));
    const metrics = algorithm.finish(experience);
    reported.push(metrics["reward"]!);
    expect(rewards.length).toBeGreaterThan(experience.rewards.length);
    expect(metrics["reward"]).toBeCloseTo(mean(rewards), 12);
    expect(metrics["responseLength"]).toBeCloseTo(mean(rollouts.map(({ response }) => response.length)), 12);
    expect(metrics["missingEnd"]).toBeCloseTo(mean(rollouts.map(({ ended }) => Number(!ended))), 12);
  }
  algorithm.dispose();
  expect(mean(reported)).toBeLessThan(0.02);
  expect(Math.max(...reported)).toBeGreaterThan(0);
});

/** Every other response is right. */
const everyOther = async (_: readonly number[], { length }: readonly Rollout[]) => ({
  rewards: Array.from({ length }, (_, i) => i % 2),
  failures: {},
});

test.each(["grpo", "dapo", "dr_grpo"] as const)(
  "with %s, kl is the mean over tokens of the whole distributions' divergences",
  async (lossType) => {
    const changed = { ...settings, lossType, beta: 0.1, maxNewTokens: 4 };
    const algorithm = new Grpo(changed, initialise(architecture, 1), [[1], [2]], everyOther);
    let experience = emptyExperience();
    for (let iteration = 0; iteration < 2; iteration++) {
      experience = emptyExperience();
      while (!(await algorithm.collect(experience, async () => {})));
      await algorithm.prepare(experience, async () => {});
      const { kl } = { ...algorithm.update(iteration, 0, experience), ...algorithm.finish(experience) };
      const divergences = experience.tokens["divergences"]!;
      expect(divergences.map(({ length }) => length)).toEqual(experience.rollouts.map((r) => r.response.length));
      expect(kl).toBeCloseTo(mean(divergences.flatMap((list) => Array.from(list))), 12);
      if (iteration > 0) expect(kl).toBeGreaterThan(1e-6);
    }
    algorithm.dispose();
  },
);

test("the entropy is the mean over tokens, however long their responses", async () => {
  const algorithm = new Grpo({ ...settings, epochs: 2 }, initialise(architecture, 1), [[1], [2]], everyOther);
  const experience = emptyExperience();
  while (!(await algorithm.collect(experience, async () => {})));
  await algorithm.prepare(experience, async () => {});
  const { entropy } = algorithm.finish(experience);
  algorithm.dispose();
  const entropies = experience.tokens["entropies"]!;
  expect(new Set(entropies.map(({ length }) => length)).size).toBeGreaterThan(1);
  expect(entropy).toBeCloseTo(mean(entropies.flatMap((list) => Array.from(list))), 12);
});
