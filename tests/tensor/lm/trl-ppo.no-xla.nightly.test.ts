import { Ppo, type PpoSettings } from "../../../lm/rl/ppo.js";
import type { Experience } from "../../../lm/rl/reinforcement.js";
import { mean } from "../../../lm/train/metrics.js";
import recorded from "../../fixtures/trl/ppo.json" with { type: "json" };
import { loadTensorFlow } from "../support.js";
import { learningCurves, farGaps, type Curves, type Reading } from "./learning-curves.js";
import { distance } from "./support.js";
import {
  architecture,
  makeExperience,
  makeOptimizer,
  policyWeights,
  problem,
  scoringWeights,
  shared,
  testWithTrl,
  type Recorded,
  type RecordedRollouts,
} from "./trl-problem.js";
beforeAll(loadTensorFlow);

const { bodyScale, headScale, ...numbers } = problem.ppo;
const settings: PpoSettings = {
  ...shared,
  ...numbers,
  rewardArchitecture: architecture,
  samplingBatch: numbers.batchSize,
  klTarget: undefined,
  klHorizon: 1000,
  valueClipRelative: false,
  normalizeRewards: false,
  // TRL's PPOTrainer clips no gradients.
  optimizer: makeOptimizer(1e9),
  criticSchedule: shared.schedule,
  rewardEnd: problem.stop,
};

/** As many of each prompt as an iteration has responses, so that every one reads them all. */
const prompts = Array.from({ length: numbers.batchSize }, (_, i) => problem.prompts[i % problem.prompts.length]!);

const opened = (changes: Partial<PpoSettings>) =>
  new Ppo({ ...settings, ...changes }, policyWeights, scoringWeights({ bodyScale, headScale }), prompts);

const read: Reading = (metrics, { tokens }) => ({
  reward: metrics["reward"]!,
  kl: metrics["kl"]!,
  sampledKl: mean(
    tokens["old"]!.map((old, i) => old.reduce((sum, log, t) => sum + log - tokens["reference"]![i]![t]!, 0)),
  ),
  clipFraction: metrics["clipFraction"]!,
  policyLoss: metrics["policyLoss"]!,
  // TRL reports it without its coefficient.
  valueLoss: metrics["valueLoss"]! / numbers.valueCoefficient,
  valueClipFraction: metrics["valueClipFraction"]!,
});

/**
 * The responses of a run of TRL's in Pawl: both sides learn from the same, so that only rounding
 * may part them. No token ends a response in this run: of one that has ended TRL puts the score one
 * token behind its end, where its critic has a value too. They ended within 5e-6; tokens whose
 * ratio is at the clip's very edge may be counted by one side alone.
 */
async function expectReplayed({ replayed, rollouts }: RecordedRollouts): Promise<void> {
  const algorithm = opened({ stop: [], missingEndPenalty: 0 });
  const given = rollouts.map((texts) => withoutEnds(makeExperience(texts)));
  const { sampledKl, ...rest } = await learningCurves(algorithm, read, given);
  const ours: Curves = { ...rest, kl: sampledKl! };
  const bounds = {
    reward: 1e-4,
    kl: 1e-4,
    policyLoss: 1e-4,
    valueLoss: 1e-4,
    clipFraction: 0.01,
    valueClipFraction: 0.01,
  };
  for (const [name, bound] of Object.entries(bounds))
    expect([name, distance(ours[name]!, replayed[name]!) < bound]).toEqual([name, true]);
}

function withoutEnds(experience: Experience): Experience {
  return { ...experience, rollouts: experience.rollouts.map((rollout) => ({ ...rollout, ended: false })) };
}

/**
 * Over seeds, with responses of its own, some of which end: {@link farGaps} says how near. The
 * value loss is not compared: TRL's mean is also of the tokens behind the ends.
 */
async function expectNear({ runs }: Recorded): Promise<void> {
  const ours: Curves[] = [];
  for (const seed of [1, 2, 3, 4]) ours.push(await learningCurves(opened({ seed }), read));
  expect(farGaps(ours, runs, ["reward", "kl", "clipFraction", "policyLoss"])).toEqual([]);
}

test("60 updates from the responses of PPOTrainer give its scores, divergences, losses and clip fractions", () =>
  expectReplayed(recorded));

test("the mean curves of 4 seeds lie within 4 standard errors of PPOTrainer's of 8 seeds, as recorded", () =>
  expectNear(recorded));

testWithTrl<RecordedRollouts>(
  "trl.experimental.ppo",
  "make_ppo.py",
  "PPOTrainer gives these curves, computed now",
  async (live) => {
    await expectReplayed(live);
    await expectNear(live);
  },
);
