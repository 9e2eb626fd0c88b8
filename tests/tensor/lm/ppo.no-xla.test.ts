import { initialise } from "../../../lm/model/initialise.js";
import { resolveArchitecture } from "../../../lm/model/architecture.js";
import { Ppo, type PpoSettings } from "../../../lm/rl/ppo.js";
import { emptyExperience } from "../../../lm/rl/reinforcement.js";
import { withScoreHead } from "../../../lm/train/reward-model.js";
import { RewardScorer } from "../../../lm/train/reward-trainer.js";
import type { HostTensors } from "../../../tensor/program.js";
import { logProbabilitiesOf, logShares } from "./rollouts.js";
import { adamw, formulaWeights, knownOptimumSizes } from "./support.js";
import { loadTensorFlow } from "../support.js";
/** Without XLA: these programs are small and many. */
beforeAll(loadTensorFlow);

const noPause = async (): Promise<void> => {};

const vocabularySize = 6;
const architecture = resolveArchitecture(knownOptimumSizes, vocabularySize);
const weights = formulaWeights(architecture);
const rewardWeights = withScoreHead(architecture, initialise(architecture, 2), 3);
const [temperature, beta, iterations, epochs, minibatches] = [0.8, 0.5, 100, 2, 2];
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
  valueCoefficient: 0.1,
  optimizer: { ...adamw, weightDecay: 0 },
  schedule,
  criticSchedule: schedule,
  stop: [],
  seed: 1,
};

/** Reference, whitened advantages, critic, clips and the divergence in the reward together: their optimum is known. */
test("with responses of one token the policy becomes reference · exp(score / β) / Z", async () => {
  const ppo = new Ppo(settings, weights, rewardWeights, [[1]]);
  const every = Array.from({ length: vocabularySize }, (_, token) => ({
    prompt: [1],
    response: [token],
    ended: false,
  }));
  const shape = { rows: vocabularySize, prompt: 1, response: 1 };
  const policyOf = (given: HostTensors): number[] =>
    logProbabilitiesOf(architecture, given, every, temperature).map(([value]) => value!);
  const scorer = new RewardScorer(architecture, shape, rewardWeights);
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
