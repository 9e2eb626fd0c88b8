import type { Rollout } from "../../../lm/data/rollout.js";
import { resolveArchitecture } from "../../../lm/model/architecture.js";
import { Grpo, type GrpoSettings } from "../../../lm/rl/grpo.js";
import { emptyExperience } from "../../../lm/rl/reinforcement.js";
import type { HostTensors } from "../../../tensor/program.js";
import { forwardLogProbabilities, logShares } from "./rollouts.js";
import { adamw, formulaWeights, knownOptimumSizes } from "./support.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

/** Responses of two tokens: what the first one leads to is part of its divergence. */
const [vocabularySize, beta, iterations] = [4, 0.5, 120];
const architecture = resolveArchitecture(knownOptimumSizes, vocabularySize);
const weights = formulaWeights(architecture);
/** Of each pair of tokens: after token 1 the second one matters much, after the others little. */
const rewards = [
  [0.5, 0.4, 0.6, 0.5],
  [0, 0, 1.2, 0],
  [0.3, 0.2, 0.2, 0.3],
  [0.8, 0, 0, 0],
];
const every = rewards.flatMap((row, first) => row.map((_, second) => [first, second]));
const rewardOf = ([first, second]: readonly number[]): number => rewards[first!]![second!]!;

const settings: GrpoSettings = {
  architecture,
  iterations,
  groups: 4,
  groupSize: 32,
  minibatches: 1,
  epochs: 1,
  promptLength: 2,
  maxNewTokens: 2,
  samplingBatch: 128,
  temperature: 1,
  epsilon: 0.2,
  epsilonHigh: 0.2,
  beta,
  ratio: "token",
  klIn: "reward",
  lossType: "dr_grpo",
  scaleRewards: "none",
  dynamicSampling: false,
  maskTruncated: false,
  overlongPenalty: undefined,
  optimizer: { ...adamw, weightDecay: 0 },
  schedule: { kind: "cosine", learningRate: 1e-2, minimumLearningRate: 0, warmupSteps: 0, steps: iterations },
  stop: [],
  seed: 1,
};

/** Log-probabilities of all responses. */
function policyOf(given: HostTensors): number[] {
  const rollouts = every.map((response) => ({ prompt: [0, 3], response, ended: false }));
  return forwardLogProbabilities(architecture, given, rollouts, 1).map(([first, second]) => first! + second!);
}

const reference = () => policyOf(weights);
/** reference · exp(reward / beta) / Z. */
const optimum = () =>
  logShares(
    reference().map((log, i) => log + rewardOf(every[i]!) / beta),
    1,
  );
/** Total variation between two distributions given by their logarithms. */
const apart = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, log, i) => sum + Math.abs(Math.exp(log) - Math.exp(other[i]!)) / 2, 0);

/** The policy after all iterations. */
async function trained(changes: Partial<GrpoSettings>): Promise<number[]> {
  const verify = async (_: readonly number[], rollouts: readonly Rollout[]) => ({
    rewards: rollouts.map(({ response }) => rewardOf(response)),
    failures: {},
  });
  const all = { ...settings, ...changes };
  const schedule = { ...settings.schedule, steps: iterations * all.minibatches * all.epochs };
  const algorithm = new Grpo({ ...all, schedule }, weights, [[0, 3]], verify);
  for (let iteration = 0; iteration < iterations; iteration++) {
    const experience = emptyExperience();
    while (!(await algorithm.collect(experience, async () => {})));
    await algorithm.prepare(experience, async () => {});
    for (let index = 0; index < algorithm.updates; index++) algorithm.update(iteration, index, experience);
    algorithm.finish(experience);
  }
  const policy = policyOf(algorithm.weights());
  algorithm.dispose();
  return policy;
}

// Four seeds and the other rows ended at 0.0003 to 0.0006 from the optimum.
test.each<[string, Partial<GrpoSettings>]>([
  ["", {}],
  ["with another seed", { seed: 2 }],
  ["with advantages divided by the group's deviation", { scaleRewards: "group" }],
  ["with several updates an iteration", { minibatches: 2, epochs: 2 }],
])("with klIn: reward the policy becomes reference · exp(reward / beta) / Z %s", async (_, changes) => {
  expect(apart(reference(), optimum())).toBeGreaterThan(0.2);
  expect(apart(await trained(changes), optimum())).toBeLessThan(0.005);
});

/**
 * Documented: a token's divergence in the loss knows nothing of the tokens that follow it. It ended
 * at 0.13.
 */
test("with klIn: loss, as published, the policy ends elsewhere", async () => {
  expect(apart(await trained({ klIn: "loss" }), optimum())).toBeGreaterThan(0.05);
});
