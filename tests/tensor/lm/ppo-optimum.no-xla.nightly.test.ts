import { resolveArchitecture } from "../../../lm/model/architecture.js";
import { initialize } from "../../../lm/model/initialize.js";
import { Critic } from "../../../lm/rl/critic.js";
import { Ppo, type PpoSettings } from "../../../lm/rl/ppo.js";
import { emptyExperience } from "../../../lm/rl/reinforcement.js";
import { withScoreHead } from "../../../lm/train/reward-model.js";
import { RewardScorer } from "../../../lm/train/reward-trainer.js";
import type { HostTensors } from "../../../tensor/program.js";
import { forwardLogProbabilities, logShares } from "./rollouts.js";
import { adamw, formulaWeights, knownOptimumSizes, scaledMatrices } from "./support.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

/**
 * PPO where responses have two tokens, so that the discount, the GAE's lambda, the critic's values
 * and the place of the score all matter. Let r(a, b) be the score of a response, q the reference,
 * and V(a) = β · log Σ_b q(b | a) · exp(r(a, b) / β), what the best second token is worth. Where no
 * expected advantage is left, the second token has the distribution q(b | a) · exp(r(a, b) / β) /
 * Z. The first one's advantage is −β · log ratio + γ · ((1 − λ) · C(a) + λ · V(a)), where C is the
 * critic's value after a: its distribution is q(a) · exp(γ · ((1 − λ) · C(a) + λ · V(a)) / β) / Z.
 * A critic that has learned has C = V, whatever λ is; one that never learns keeps the C that it
 * began with.
 */
const [vocabularySize, beta, iterations, epochs] = [4, 0.4, 120, 2];
const architecture = resolveArchitecture(knownOptimumSizes, vocabularySize);
const weights = formulaWeights(architecture);
/** With attention strong enough for a score at the end to tell what came before. */
const rewardWeights = withScoreHead(architecture, scaledMatrices(initialize(architecture, 2), 5), 3);
const prompt = [0, 3];
const tokens = [0, 1, 2, 3];
const every = tokens.flatMap((a) => tokens.map((b) => ({ prompt, response: [a, b], ended: false })));

const schedule = {
  kind: "cosine" as const,
  learningRate: 1e-2,
  minimumLearningRate: 0,
  warmupSteps: 0,
  steps: iterations * epochs,
};
const settings: PpoSettings = {
  architecture,
  rewardArchitecture: architecture,
  iterations,
  batchSize: 128,
  minibatches: 1,
  epochs,
  promptLength: 2,
  maxNewTokens: 2,
  samplingBatch: 128,
  temperature: 1,
  klCoefficient: beta,
  klTarget: undefined,
  klHorizon: 1000,
  missingEndPenalty: 0,
  gamma: 1,
  lambda: 0.95,
  clip: 0.2,
  valueClip: 0.2,
  valueClipRelative: false,
  normalizeRewards: false,
  valueCoefficient: 1,
  optimizer: { ...adamw, weightDecay: 0 },
  schedule,
  criticSchedule: schedule,
  stop: [],
  rewardEnd: 1,
  seed: 1,
};

/** Log-probabilities of every response, and of its first token, under some weights. */
function policyOf(given: HostTensors): { whole: number[]; first: number[] } {
  const all = forwardLogProbabilities(architecture, given, every, 1);
  return { whole: all.map(([a, b]) => a! + b!), first: all.map(([a]) => a!) };
}

/** What the optimum is made of: scores r(a, b), and the untrained critic's values C(a). */
function problem() {
  const shape = { rows: every.length, prompt: 2, response: 3 };
  const scorer = new RewardScorer(architecture, shape, rewardWeights, settings.rewardEnd);
  const scores = scorer.score(every);
  scorer.dispose();
  const optimizer = settings.optimizer;
  const critic = new Critic({ architecture, shape, coefficient: 1, optimizer }, rewardWeights);
  const values = critic.values(every).map(([, afterFirst]) => afterFirst!);
  critic.dispose();
  return { scores, values, reference: policyOf(weights) };
}

/**
 * Log-probabilities of every response at the optimum.
 * @param learned the critic's values are right
 */
function optimum(gamma: number, lambda: number, learned: boolean): number[] {
  const { scores, values, reference } = problem();
  const rows = tokens.map((a) => tokens.map((b) => a * vocabularySize + b));
  const tilted = (i: number) => reference.whole[i]! - reference.first[i]! + scores[i]! / beta;
  const ahead = rows.map((row) => beta * Math.log(row.reduce((sum, i) => sum + Math.exp(tilted(i)), 0)));
  const seen = rows.map(([i], a) => (learned ? ahead[a]! : values[i!]!));
  const first = logShares(
    rows.map(([i], a) => reference.first[i!]! + (gamma * ((1 - lambda) * seen[a]! + lambda * ahead[a]!)) / beta),
    1,
  );
  return rows.flatMap((row, a) => logShares(row.map(tilted), 1).map((log) => first[a]! + log));
}

/** Total variation between two distributions given by their logarithms. */
const apart = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, log, i) => sum + Math.abs(Math.exp(log) - Math.exp(other[i]!)) / 2, 0);

async function trained(changes: Partial<PpoSettings>): Promise<number[]> {
  const ppo = new Ppo({ ...settings, ...changes }, weights, rewardWeights, [prompt]);
  for (let iteration = 0; iteration < iterations; iteration++) {
    const experience = emptyExperience();
    while (!(await ppo.collect(experience, async () => {})));
    await ppo.prepare(experience, async () => {});
    for (let index = 0; index < ppo.updates; index++) ppo.update(iteration, index, experience);
    ppo.finish(experience);
  }
  const policy = policyOf(ppo.weights()).whole;
  ppo.dispose();
  return policy;
}

test("a critic that learns leaves the optimum of gamma alone, whatever lambda is", async () => {
  const expected = optimum(0.5, 0.6, true);
  expect(optimum(0.5, 1, true)).toEqual(expected);
  expect(apart(optimum(1, 0.6, true), expected)).toBeGreaterThan(0.05);
  // It ended at 0.0005.
  expect(apart(await trained({ gamma: 0.5, lambda: 0.6 }), expected)).toBeLessThan(0.01);
});

/**
 * The second token's advantage keeps an error of the critic, V(a) − C(a), which is noise: the
 * penalty makes it smaller.
 */
test("with a critic that never learns, the optimum is that of gamma and lambda", async () => {
  const [gamma, lambda] = [0.7, 0.4];
  const expected = optimum(gamma, lambda, false);
  for (const [g, l] of [
    [1, lambda],
    [gamma, 1],
    [gamma, 0.95],
    [gamma, 0],
  ] as const)
    expect(apart(optimum(g, l, false), expected)).toBeGreaterThan(0.12);
  const criticSchedule = { ...schedule, learningRate: 0 };
  const changes = { gamma, lambda, missingEndPenalty: 0.7, criticSchedule };
  // Three seeds ended at 0.02 to 0.055.
  expect(apart(await trained(changes), expected)).toBeLessThan(0.08);
});
