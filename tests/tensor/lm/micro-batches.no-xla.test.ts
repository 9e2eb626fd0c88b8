import { Critic } from "../../../lm/rl/critic.js";
import { Grpo, type GrpoSettings } from "../../../lm/rl/grpo.js";
import { PolicyTrainer } from "../../../lm/rl/policy-trainer.js";
import { Ppo, type PpoSettings } from "../../../lm/rl/ppo.js";
import { emptyExperience, type Algorithm } from "../../../lm/rl/reinforcement.js";
import { resolveArchitecture } from "../../../lm/model/architecture.js";
import { initialize } from "../../../lm/model/initialize.js";
import { withScoreHead } from "../../../lm/train/reward-model.js";
import { RewardTrainer } from "../../../lm/train/reward-trainer.js";
import { held } from "../../../tensor/host-tensor.js";
import type { HostTensors } from "../../../tensor/program.js";
import { makeRollouts, makeValues } from "./rollouts.js";
import { adamw, distance, formulaWeights, knownOptimumSizes, tinyArchitecture, makeTokens } from "./support.js";
import { loadTensorFlow } from "../support.js";
import type { Pair } from "../../../lm/train/pair.js";
beforeAll(loadTensorFlow);

/**
 * Updates from micro-batches against those from the whole batch. Moments are compared closely: the
 * first is a tenth of the clipped gradient. Adam divides by the gradient's own size, so that
 * weights whose gradient is nearly nothing differ by more.
 */

const a = tinyArchitecture();
const optimizer = { ...adamw, weightDecay: 0 };
const weights = withScoreHead(a, formulaWeights(a), 1);
const rollouts = makeRollouts(a, [
  [2, 5],
  [6, 1],
  [3, 4],
  [3, 2],
  [5, 5],
  [1, 3],
  [4, 4],
]);
const shapeOf = (micro: number) => ({ rows: micro, prompt: 6, response: 5 });

interface Learned {
  reports: object[];
  state: HostTensors;
}
interface Learner {
  state(): HostTensors;
  dispose(): void;
}

/** The reports and the state of some updates. */
function learned<T extends Learner>(learner: T, update: (learner: T, step: number) => object, updates = 1): Learned {
  const reports = Array.from({ length: updates }, (_, step) => update(learner, step));
  const state = held(learner.state());
  learner.dispose();
  return { reports, state };
}

function expectSame(small: Learned, whole: Learned, closeness = 1e-6): void {
  expect(Object.keys(small.state)).toEqual(Object.keys(whole.state));
  for (const [name, { data }] of Object.entries(whole.state)) {
    const tolerance = name.includes("adamw.") ? closeness : 1e-3;
    expect([name, distance(small.state[name]!.data, data) < tolerance]).toEqual([name, true]);
  }
  whole.reports.forEach((report, i) => {
    for (const [name, value] of Object.entries(report))
      expect((small.reports[i] as Record<string, number>)[name]).toBeCloseTo(value as number, 4);
  });
}

// Seven responses or pairs: of 3, 3 and 1.
test("a reward model learns from micro-batches of pairs as from one", () => {
  const pairs = rollouts.map(({ prompt, response }, i): Pair => ({
    prompt,
    chosen: response,
    rejected: makeTokens(90 + i, 1 + (i % 4), a.vocabularySize),
    margin: i / 10,
  }));
  const run = (accumulate: number, micro: number) => {
    const shape = { ...shapeOf(micro), rows: 2 * micro };
    const trainer = new RewardTrainer({ architecture: a, shape, accumulate, centering: 0.1, optimizer }, weights);
    return learned(trainer, (trainer, step) => trainer.update(step, 1e-3, pairs), 2);
  };
  expectSame(run(3, 3), run(1, 7));
});

test("a critic learns from micro-batches of responses as from one", () => {
  const batch = {
    rollouts,
    weights: rollouts.map((_, i) => 0.02 * (1 + i)),
    returns: makeValues(3, rollouts, -2, 2),
    oldValues: makeValues(4, rollouts, -1, 1).map((values) => Float32Array.from(values)),
    clip: 0.2,
  };
  const run = (accumulate: number, micro: number) => {
    const settings = { architecture: a, shape: shapeOf(micro), accumulate, coefficient: 0.5, optimizer };
    return learned(new Critic(settings, weights), (critic, step) => critic.update(step, 1e-3, batch), 2);
  };
  expectSame(run(3, 3), run(1, 7));
});

describe("a policy learns from micro-batches as from one batch", () => {
  const policy = {
    temperature: 0.8,
    clipLow: 0.2,
    clipHigh: 0.28,
    ratio: "token",
    klCoefficient: 0.1,
    onPolicy: false,
  } as const;
  const values = (salt: number, low: number, high: number) =>
    makeValues(salt, rollouts, low, high).map((list) => Float32Array.from(list));
  const batch = {
    rollouts,
    weights: rollouts.map((_, i) => 0.02 * (1 + i)),
    advantages: values(3, -1, 1),
    oldLogProbabilities: values(4, -4, -3),
    referenceLogProbabilities: values(5, -4, -3),
  };
  const run = (accumulate: number, micro: number, how: object = {}) => {
    const sampling = { rows: 2, samples: 1, steps: 0 };
    const training = { ...shapeOf(micro), ...how };
    const settings = { architecture: a, sampling, training, accumulate, policy, optimizer };
    return learned(new PolicyTrainer(settings, formulaWeights(a)), (one, step) => one.update(step, 1e-3, batch), 2);
  };
  let whole: Learned;
  beforeAll(() => (whole = run(1, 7)));

  test.each([
    [3, 3, {}],
    [7, 1, {}],
    // Prompts that are computed once, and layers computed anew.
    [3, 3, { prompts: 3 }],
    [3, 3, { recompute: true }],
  ])("%i of at most %i responses, %j", (accumulate, micro, how) => {
    expectSame(run(accumulate, micro, how), whole, 2e-6);
  });
});

/** One iteration, and what it has learned. */
async function iteration(algorithm: Algorithm): Promise<Learned> {
  const pause = async (): Promise<void> => {};
  const experience = emptyExperience();
  while (!(await algorithm.collect(experience, pause)));
  await algorithm.prepare(experience, pause);
  return learned(algorithm, (_, index) => algorithm.update(0, index, experience), algorithm.updates);
}

const small = resolveArchitecture(knownOptimumSizes, 20);
const schedule = { kind: "constant" as const, learningRate: 1e-3, minimumLearningRate: 0, warmupSteps: 0, steps: 4 };
const common = {
  architecture: small,
  iterations: 1,
  minibatches: 1,
  promptLength: 2,
  maxNewTokens: 4,
  samplingBatch: 8,
  temperature: 1,
  optimizer,
  schedule,
  stop: [3, 4, 5],
  seed: 1,
};
const prompts = [[1], [2], [1, 2]];

test("an iteration of PPO ends the same from micro-batches whose layers are computed anew", async () => {
  const settings: PpoSettings = {
    ...common,
    rewardArchitecture: small,
    batchSize: 8,
    epochs: 2,
    klCoefficient: 0.1,
    klTarget: undefined,
    klHorizon: 1000,
    missingEndPenalty: 1,
    gamma: 1,
    lambda: 0.95,
    clip: 0.2,
    valueClip: 0.2,
    valueClipRelative: true,
    normalizeRewards: true,
    rewardEnd: 3,
    valueCoefficient: 0.1,
    criticSchedule: schedule,
  };
  const start = initialize(small, 1);
  const scores = withScoreHead(small, initialize(small, 2), 3);
  const run = (how: object) => iteration(new Ppo({ ...settings, ...how }, start, scores, prompts));
  expectSame(await run({ accumulate: 3, recompute: true }), await run({}), 1e-5);
});

const grpo: GrpoSettings = {
  ...common,
  groups: 2,
  groupSize: 8,
  epochs: 2,
  epsilon: 0.2,
  epsilonHigh: 0.28,
  beta: 0.1,
  klIn: "loss",
  lossType: "grpo",
  scaleRewards: "group",
  dynamicSampling: false,
  ratio: "sequence",
  maskTruncated: true,
  overlongPenalty: undefined,
};
const verify = async (_: readonly number[], given: readonly { response: readonly number[] }[]) => ({
  rewards: given.map(({ response }) => response[0]! % 3),
  failures: {},
});
const grpoWith = (how: object) => iteration(new Grpo({ ...grpo, ...how }, initialize(small, 1), prompts, verify));

test("an iteration of GRPO ends the same from micro-batches whose layers are computed anew", async () => {
  expectSame(await grpoWith({ accumulate: 3, recompute: true }), await grpoWith({}), 1e-5);
});

test("an iteration in which no response counts moves nothing, in 3 micro-batches", async () => {
  const { reports } = await grpoWith({ accumulate: 3, stop: [] });
  for (const report of reports) expect(report).toMatchObject({ loss: 0, gradientNorm: 0 });
});
