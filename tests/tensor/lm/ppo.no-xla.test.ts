import { initialize } from "../../../lm/model/initialize.js";
import { resolveArchitecture } from "../../../lm/model/architecture.js";
import { Critic } from "../../../lm/rl/critic.js";
import { Ppo, type PpoSettings } from "../../../lm/rl/ppo.js";
import { emptyExperience, minibatch, type Experience } from "../../../lm/rl/reinforcement.js";
import { addToMoments, normalized } from "../../../lm/rl/running-moments.js";
import { learningRateAt } from "../../../lm/optim/schedule.js";
import { held, withoutPrefix } from "../../../tensor/host-tensor.js";
import { withScoreHead } from "../../../lm/train/reward-model.js";
import { RewardScorer } from "../../../lm/train/reward-trainer.js";
import type { HostTensors } from "../../../tensor/program.js";
import { forwardLogProbabilities, logShares } from "./rollouts.js";
import { adamw, formulaWeights, knownOptimumSizes, scaledMatrices } from "./support.js";
import { loadTensorFlow } from "../support.js";
/** Without XLA: these programs are small and many. */
beforeAll(loadTensorFlow);

const noPause = async (): Promise<void> => {};

const vocabularySize = 6;
const architecture = resolveArchitecture(knownOptimumSizes, vocabularySize);
const weights = formulaWeights(architecture);
/** With attention strong enough for a score at the end to tell what came before. */
const rewardWeights = withScoreHead(architecture, scaledMatrices(initialize(architecture, 2), 5), 3);
const [temperature, beta, iterations, epochs, minibatches] = [0.8, 0.3, 100, 2, 2];
const schedule = {
  kind: "cosine" as const,
  learningRate: 5e-3,
  minimumLearningRate: 0,
  warmupSteps: 0,
  steps: iterations * epochs * minibatches,
};
const settings: PpoSettings = {
  architecture,
  rewardArchitecture: architecture,
  iterations,
  batchSize: 64,
  minibatches,
  epochs,
  promptLength: 1,
  maxNewTokens: 1,
  samplingBatch: 64,
  temperature,
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
  valueCoefficient: 0.1,
  optimizer: { ...adamw, weightDecay: 0 },
  schedule,
  criticSchedule: schedule,
  stop: [],
  rewardEnd: 5,
  seed: 1,
};

/**
 * Reference, whitened advantages, critic, clips and the divergence in the reward together: their
 * optimum is known.
 */
test("with responses of one token the policy becomes reference · exp(score / β) / Z", async () => {
  const iterations = 40;
  const steady = { ...schedule, learningRate: 1e-2, steps: iterations * epochs };
  const learning = { iterations, batchSize: 128, samplingBatch: 128, minibatches: 1 };
  const schedules = { schedule: steady, criticSchedule: steady };
  const ppo = new Ppo({ ...settings, ...learning, ...schedules }, weights, rewardWeights, [[1]]);
  const every = Array.from({ length: vocabularySize }, (_, token) => ({
    prompt: [1],
    response: [token],
    ended: false,
  }));
  const policyOf = (given: HostTensors): number[] =>
    forwardLogProbabilities(architecture, given, every, temperature).map(([value]) => value!);
  const shape = { rows: vocabularySize, prompt: 1, response: 2 };
  const scorer = new RewardScorer(architecture, shape, rewardWeights, settings.rewardEnd);
  const scores = scorer.score(every);
  scorer.dispose();
  const reference = policyOf(weights);
  const expected = logShares(
    scores.map((score, token) => reference[token]! + score / beta),
    1,
  ).map(Math.exp);

  for (let iteration = 0; iteration < iterations; iteration++) {
    const experience = emptyExperience();
    while (!(await ppo.collect(experience, noPause)));
    await ppo.prepare(experience, noPause);
    for (let index = 0; index < ppo.updates; index++) ppo.update(iteration, index, experience);
    ppo.finish(experience);
  }
  const got = policyOf(ppo.weights()).map(Math.exp);
  ppo.dispose();
  const apart = (one: number[]) => one.reduce((sum, value, token) => sum + Math.abs(value - expected[token]!) / 2, 0);
  expect(apart(reference.map(Math.exp))).toBeGreaterThan(0.2);
  expect(apart(got)).toBeLessThan(0.005);
});

/** What is known of two responses, of one and three tokens. */
function finished(tokens: Record<string, number[][]>, changes: Partial<PpoSettings> = {}) {
  const ppo = new Ppo({ ...settings, ...changes }, weights, rewardWeights, [[1]]);
  const lists = (values: number[][]) => values.map((list) => Float32Array.from(list));
  const plain = [[1], [4, 4, 4]];
  const names = ["old", "reference", "entropies", "divergences", "returns", "values"];
  const metrics = ppo.finish({
    prompts: [0, 0],
    rollouts: plain.map(({ length }) => ({ prompt: [1], response: new Array<number>(length).fill(2), ended: false })),
    rewards: [0, 1],
    tokens: Object.fromEntries(names.map((name) => [name, lists(tokens[name] ?? plain)])),
  });
  const next = ppo.counters["klCoefficient"]!;
  ppo.dispose();
  return { metrics, next };
}

test("the entropy is the mean over tokens, however long their responses", () => {
  expect(finished({ entropies: [[1], [4, 4, 4]] }).metrics["entropy"]).toBe(13 / 4);
});

test("the divergence of a response is the sum over its tokens' whole distributions, and the controller reads it", () => {
  // The log-ratio of the sampled tokens, −1 each, would say −2.
  const tokens = { old: [[-2], [-2, -2, -2]], reference: [[-1], [-1, -1, -1]], divergences: [[0.5], [1, 2, 3]] };
  const { metrics, next } = finished(tokens, { klTarget: 2.5, klHorizon: 4 });
  expect(metrics["kl"]).toBe(3.25);
  // 30 % above the target, held to 20 %, at two responses of the horizon's four.
  expect(next).toBeCloseTo(beta * 1.1, 12);
});

/** Prepares rollouts to one prompt; the scores are the reward model's. */
async function prepared(rollouts: Experience["rollouts"], changes: Partial<PpoSettings> = {}): Promise<Experience> {
  const all = { ...settings, maxNewTokens: 4, stop: [4, 5], ...changes };
  const ppo = new Ppo(all, weights, rewardWeights, [[1]]);
  const experience = { ...emptyExperience(), prompts: rollouts.map(() => 0), rollouts };
  await ppo.prepare(experience, noPause);
  ppo.dispose();
  return experience;
}
const responseOf = (response: number[], ended: boolean) => ({ prompt: [1], response, ended });

test("the reward does not depend on which token ended the response", async () => {
  const { rewards } = await prepared([responseOf([2, 3, 5], true), responseOf([2, 3, 4], true)]);
  expect(rewards[0]).toBe(rewards[1]);
});

test("a response that did not end loses missingEndPenalty, and nothing else", async () => {
  const rollouts = [responseOf([2, 3, 5], true), responseOf([2, 3], false), responseOf([2, 3, 1, 2], false)];
  const free = await prepared(rollouts, { missingEndPenalty: 0 });
  const charged = await prepared(rollouts, { missingEndPenalty: 1.5 });
  expect(free.rewards[1]).toBe(free.rewards[0]);
  expect(charged.rewards[0]).toBe(free.rewards[0]);
  for (const i of [1, 2]) expect(free.rewards[i]! - charged.rewards[i]!).toBeCloseTo(1.5, 6);
});

/** Four responses, two to an update. */
const four = [
  responseOf([2, 3, 5], true),
  responseOf([2], false),
  responseOf([3, 3, 1, 2], false),
  responseOf([0, 1, 4], true),
];

test.each([false, true])(
  "the critic learns by its own schedule, at the policy's steps; the clip is relative: %s",
  async (valueClipRelative) => {
    const criticSchedule = { ...schedule, kind: "wsd" as const, learningRate: 0.05, warmupSteps: 2, steps: 5 };
    const changes = { batchSize: 4, minibatches: 2, epochs: 2, maxNewTokens: 4, criticSchedule, valueClipRelative };
    const ppo = new Ppo({ ...settings, ...changes }, weights, rewardWeights, [[1]]);
    const experience = { ...emptyExperience(), prompts: four.map(() => 0), rollouts: four };
    await ppo.prepare(experience, noPause);
    const shape = { rows: 2, prompt: 1, response: 4 };
    const { optimizer, valueCoefficient: coefficient } = settings;
    const critic = new Critic({ architecture, shape, coefficient, optimizer }, rewardWeights);
    const { returns, values } = experience.tokens;
    const all = returns!.flatMap((list) => Array.from(list));
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    const deviation = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (all.length - 1));
    const clipped: number[] = [];
    for (let index = 0; index < 4; index++) {
      const report = ppo.update(0, index, experience);
      const rows = minibatch(4, 2, { iteration: 0, index, seed: settings.seed });
      const rollouts = rows.map((row) => four[row]!);
      const total = rollouts.reduce((sum, { response }) => sum + response.length, 0);
      const learningRate = learningRateAt(criticSchedule, index);
      critic.update(index, learningRate, {
        rollouts,
        weights: rows.map(() => 1 / total),
        returns: rows.map((row) => returns![row]!),
        oldValues: rows.map((row) => values![row]!),
        clip: valueClipRelative ? 0.2 * deviation : 0.2,
      });
      expect(report).toMatchObject({ learningRate: learningRateAt(schedule, index), criticLearningRate: learningRate });
      clipped.push(report["valueClipFraction"]!);
    }
    expect(held(withoutPrefix("critic/", ppo.state()))).toEqual(held(critic.state()));
    expect(Math.max(...clipped)).toBeGreaterThan(0);
    ppo.dispose();
    critic.dispose();
  },
);

test("normalizeRewards goes by the moments of all rewards so far; the rewards that are reported stay", async () => {
  const changes = { normalizeRewards: true, klCoefficient: 0, lambda: 1, maxNewTokens: 4, missingEndPenalty: 3 };
  const ppo = new Ppo({ ...settings, ...changes }, weights, rewardWeights, [[1]]);
  const plain = await prepared(four, { missingEndPenalty: 3 });
  let moments = { count: 0, mean: 0, squares: 0 };
  for (const rollouts of [four, four.slice(0, 2)]) {
    const experience = { ...emptyExperience(), prompts: rollouts.map(() => 0), rollouts };
    await ppo.prepare(experience, noPause);
    moments = addToMoments(moments, experience.rewards);
    const expected = normalized(experience.rewards, moments);
    experience.rewards.forEach((reward, i) => {
      expect(reward).toBeCloseTo(plain.rewards[i]!, 5);
      // Without discount and divergence, what is to come at every token is the response's reward.
      for (const value of experience.tokens["returns"]![i]!) expect(value).toBeCloseTo(expected[i]!, 4);
    });
  }
  expect(moments.count).toBe(6);
  ppo.dispose();
});
