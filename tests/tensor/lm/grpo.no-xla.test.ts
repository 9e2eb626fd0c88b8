import type { Rollout } from "../../../lm/data/rollout.js";
import { resolveArchitecture } from "../../../lm/model/architecture.js";
import { initialize } from "../../../lm/model/initialize.js";
import { groupAdvantages } from "../../../lm/rl/advantages.js";
import { Grpo, type GrpoSettings } from "../../../lm/rl/grpo.js";
import { emptyExperience, type Experience } from "../../../lm/rl/reinforcement.js";
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
  ratio: "token",
  klIn: "loss",
  lossType: "dapo",
  scaleRewards: "group",
  dynamicSampling: true,
  maskTruncated: false,
  overlongPenalty: undefined,
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
  const algorithm = new Grpo(settings, initialize(architecture, 1), [[1], [2], [1, 2]], verify);
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
    const algorithm = new Grpo(changed, initialize(architecture, 1), [[1], [2]], everyOther);
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
  const algorithm = new Grpo({ ...settings, epochs: 2 }, initialize(architecture, 1), [[1], [2]], everyOther);
  const experience = emptyExperience();
  while (!(await algorithm.collect(experience, async () => {})));
  await algorithm.prepare(experience, async () => {});
  const { entropy } = algorithm.finish(experience);
  algorithm.dispose();
  const entropies = experience.tokens["entropies"]!;
  expect(new Set(entropies.map(({ length }) => length)).size).toBeGreaterThan(1);
  expect(entropy).toBeCloseTo(mean(entropies.flatMap((list) => Array.from(list))), 12);
});

/** A group of four responses to one prompt, the third cut at the longest. */
const fourLengths = [1, 3, 4, 2];
const fourResponses = (): Experience => ({
  prompts: [0, 0, 0, 0],
  rollouts: fourLengths.map((length, i) => ({
    prompt: [1],
    response: Array.from({ length }, (_, t) => (5 * i + 3 * t) % 20),
    ended: i !== 2,
  })),
  rewards: [1, 0, 0.5, 0],
  tokens: {},
});

/** Prepares the four responses, and makes one update. @param change of what `prepare` found */
async function learned(changes: Partial<GrpoSettings>, change: (experience: Experience) => void = () => {}) {
  const all = { ...settings, groups: 1, groupSize: 4, dynamicSampling: false, ...changes };
  const algorithm = new Grpo(all, initialize(architecture, 1), [[1]], everyOther);
  const experience = fourResponses();
  await algorithm.prepare(experience, async () => {});
  change(experience);
  const report = algorithm.update(0, 0, experience);
  const counters = { ...algorithm.counters };
  algorithm.counters["sampled"] = 1;
  const metrics = algorithm.finish(experience);
  algorithm.dispose();
  return { report, counters, metrics, experience };
}

describe("what an update receives", () => {
  const shares = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const advantages = groupAdvantages(fourResponses().rewards, 4, "group");

  // The responses come from these weights: the ratio is 1, and the loss −Σ weight · advantage.
  test.each<[GrpoSettings["lossType"], (length: number) => number]>([
    ["grpo", (length) => 1 / (4 * length)],
    ["dapo", () => 1 / 10],
    ["dr_grpo", () => 1 / (4 * 4)],
  ])("%s: the weights of tokens", async (lossType, weight) => {
    const { report } = await learned({ lossType });
    const expected = shares(fourLengths.map((length, i) => -length * weight(length) * advantages[i]!));
    expect(report["loss"]).toBeCloseTo(expected, 5);
  });

  test.each<[GrpoSettings["lossType"], (length: number) => number]>([
    ["grpo", (length) => 1 / (3 * length)],
    ["dapo", () => 1 / 6],
    ["dr_grpo", () => 1 / (3 * 4)],
  ])("%s, maskTruncated: as without the truncated response, whose reward counts in its group", async (type, weight) => {
    const { report, counters } = await learned({ lossType: type, maskTruncated: true });
    const kept = fourLengths.map((length, i) => (i === 2 ? 0 : -length * weight(length) * advantages[i]!));
    expect(report["loss"]).toBeCloseTo(shares(kept), 5);
    expect(counters).toMatchObject({ masked: 1, tokens: 6 });
  });

  test("without maskTruncated nothing is masked", async () => {
    expect((await learned({})).counters).toMatchObject({ masked: 0, tokens: 10 });
  });

  test("an update whose responses are all masked has no loss and no gradient", async () => {
    const truncated = ({ rollouts }: Experience) => rollouts.forEach((one) => (one.ended = false));
    const { report } = await learned({ maskTruncated: true }, truncated);
    expect(report).toMatchObject({ loss: 0, gradientNorm: 0 });
  });

  test("overlongPenalty is taken off the rewards before the group's mean, and reported by itself", async () => {
    const { metrics, experience } = await learned({ overlongPenalty: { cache: 3, penalty: 0.6 } });
    const penalties = [0, 0.4, 0.6, 0.2];
    const expected = groupAdvantages(
      fourResponses().rewards.map((reward, i) => reward - penalties[i]!),
      4,
      "group",
    );
    experience.tokens["advantages"]!.forEach((list, i) => {
      expect(list).toHaveLength(fourLengths[i]!);
      for (const value of list) expect(value).toBeCloseTo(expected[i]!, 5);
    });
    expect(experience.rewards).toEqual(fourResponses().rewards);
    expect(metrics["overlongPenalty"]).toBeCloseTo(0.3, 12);
  });

  test("klIn: reward takes beta · log-ratio of the response off its reward", async () => {
    const { experience } = await learned({ klIn: "reward", beta: 0.3, scaleRewards: "none" });
    const { old, reference, advantages } = experience.tokens;
    // The policy is the reference before its first update.
    old!.forEach((list, i) => list.forEach((log, t) => expect(log).toBeCloseTo(reference![i]![t]!, 5)));
    const expected = groupAdvantages(fourResponses().rewards, 4, "none");
    advantages!.forEach((list, i) => expect(list[0]).toBeCloseTo(expected[i]!, 5));
  });

  /** The old probabilities of all tokens so that their ratios are exp(log). */
  const ratios = (logs: (response: number, token: number) => number) => (experience: Experience) => {
    experience.tokens["advantages"] = fourLengths.map((length, i) => new Float32Array(length).fill(i < 2 ? 1 : -1));
    experience.tokens["old"]!.forEach((list, i) => list.forEach((_, t) => (list[t]! -= logs(i, t))));
  };
  const offPolicy = { epochs: 2, epsilon: 0.2 };

  test.each([
    ["above epsilonHigh", 0.35, 0.3, 4],
    ["below epsilonHigh, above epsilon", 0.25, 0.3, 0],
    ["above epsilonHigh, below epsilon", 0.15, 0.1, 4],
    ["below 1 − epsilon, within 1 − epsilonHigh", -0.3, 0.4, 6],
  ])("tokens are clipped whose ratio is %s", async (_, log, epsilonHigh, clipped) => {
    const { report } = await learned(
      { ...offPolicy, epsilonHigh },
      ratios(() => log),
    );
    expect(report["clipFraction"]).toBeCloseTo(clipped / 10, 6);
  });

  test("with ratio: sequence a response's tokens are clipped together, by their mean log-ratio", async () => {
    // Of the second response (+0.9, −0.45, −0.45) the mean is 0; of the first it is 0.9.
    const uneven = ratios((i, t) => (i > 1 ? 0 : t === 0 ? 0.9 : -0.45));
    const clipped = { ...offPolicy, epsilonHigh: 0.2 };
    expect((await learned(clipped, uneven)).report["clipFraction"]).toBeCloseTo(2 / 10, 6);
    expect((await learned({ ...clipped, ratio: "sequence" }, uneven)).report["clipFraction"]).toBeCloseTo(1 / 10, 6);
  });
});

describe("dynamic sampling", () => {
  /**
   * What is collected of groups whose rewards are all equal (=) or not (+), in the order of
   * sampling.
   */
  async function collected(groups: string, changes: Partial<GrpoSettings> = {}) {
    const made: { prompt: number; rollouts: Rollout[]; rewards: number[] }[] = [];
    const verify = async (chosen: readonly number[], given: readonly Rollout[]) => {
      const rewards: number[] = [];
      for (let first = 0; first < given.length; first += 2) {
        const group = groups[made.length] === "=" ? [made.length, made.length] : [made.length, made.length + 0.5];
        made.push({ prompt: chosen[first]!, rollouts: given.slice(first, first + 2), rewards: group });
        rewards.push(...group);
      }
      return { rewards, failures: {} };
    };
    const all = { ...settings, groups: 3, groupSize: 2, samplingBatch: 8, ...changes };
    const algorithm = new Grpo(all, initialize(architecture, 1), [[1], [2], [1, 2], [4]], verify);
    const experience = emptyExperience();
    while (!(await algorithm.collect(experience, async () => {})));
    const { equalGroups } = algorithm.finish(experience);
    algorithm.dispose();
    // A group's rewards begin with its number.
    const kept = [0, 2, 4].map((first) => experience.rewards[first]!);
    kept.forEach((number, g) => {
      const { prompt, rollouts, rewards } = made[number]!;
      expect(experience.prompts.slice(2 * g, 2 * g + 2)).toEqual([prompt, prompt]);
      expect(experience.rollouts.slice(2 * g, 2 * g + 2)).toEqual(rollouts);
      expect(experience.rewards.slice(2 * g, 2 * g + 2)).toEqual(rewards);
    });
    expect(experience.rollouts).toHaveLength(6);
    return { kept, sampled: made.length, equalGroups };
  }

  test("puts informative groups in the places of equal ones, and keeps the others", async () => {
    expect(await collected("=+==++")).toEqual({ kept: [4, 1, 5], sampled: 6, equalGroups: 0.5 });
  });

  test("samples no more than it needs", async () => {
    expect(await collected("+++")).toEqual({ kept: [0, 1, 2], sampled: 3, equalGroups: 0 });
  });

  test("gives up after three times the groups, and keeps the equal groups that are left", async () => {
    expect(await collected("=+=======")).toEqual({ kept: [0, 1, 2], sampled: 9, equalGroups: 8 / 9 });
  });

  test("is off by default", async () => {
    const all = await collected("=+=+++", { dynamicSampling: false });
    expect(all).toEqual({ kept: [0, 1, 2], sampled: 3, equalGroups: 2 / 3 });
  });
});
