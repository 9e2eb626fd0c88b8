import type { Rollout } from "../../../lm/data/rollout.js";
import { Grpo, type GrpoSettings } from "../../../lm/rl/grpo.js";
import { meanOfAll } from "../../../lm/train/metrics.js";
import recorded from "../../fixtures/trl/grpo.json" with { type: "json" };
import { loadTensorFlow } from "../support.js";
import { learningCurves, farGaps, type Curves, type Reading } from "./learning-curves.js";
import { distance } from "./support.js";
import {
  makeExperience,
  makeOptimizer,
  policyWeights,
  problem,
  shared,
  testWithTrl,
  type Recorded,
  type RecordedRollouts,
} from "./trl-problem.js";
beforeAll(loadTensorFlow);

const { gradientClip, ...numbers } = problem.grpo;
const groups = problem.prompts.length;
const settings: GrpoSettings = {
  ...shared,
  ...numbers,
  groups,
  samplingBatch: groups * numbers.groupSize,
  ratio: "token",
  klIn: "loss",
  lossType: "grpo",
  scaleRewards: "group",
  dynamicSampling: false,
  maskTruncated: false,
  overlongPenalty: undefined,
  optimizer: makeOptimizer(gradientClip),
};

/** Share of the longest response's tokens that have the parity of the prompt's last token. */
function rewardOf({ prompt, response }: Rollout): number {
  const fits = response.filter((token) => token !== problem.stop && token % 2 === prompt.at(-1)! % 2);
  return fits.length / problem.response;
}

const verify = async (_: readonly number[], rollouts: readonly Rollout[]) => ({
  rewards: rollouts.map(rewardOf),
  failures: {},
});

const opened = (changes: Partial<GrpoSettings>) =>
  new Grpo({ ...settings, ...changes }, policyWeights, problem.prompts, verify);

const ownCurves: Reading = ({ reward, kl, responseLength, clipFraction, gradientNorm }) => ({
  reward: reward!,
  kl: kl!,
  responseLength: responseLength!,
  clipFraction: clipFraction!,
  gradientNorm: gradientNorm!,
});

/** From the responses of another: the divergence as TRL estimates it, k3 of the sampled tokens. */
const replayedCurves: Reading = ({ loss, clipFraction, gradientNorm }, { tokens }) => {
  const k3 = tokens["old"]!.map((old, i) =>
    old.map((log, t) => {
      const difference = tokens["reference"]![i]![t]! - log;
      return Math.exp(difference) - difference - 1;
    }),
  );
  return { loss: loss!, kl: meanOfAll(k3), clipFraction: clipFraction!, gradientNorm: gradientNorm! };
};

async function replayed({ rollouts }: RecordedRollouts): Promise<Curves> {
  const given = rollouts.map((texts) => {
    const experience = makeExperience(texts);
    return { ...experience, rewards: experience.rollouts.map(rewardOf).map(Math.fround) };
  });
  return learningCurves(opened({}), replayedCurves, given);
}

/**
 * The responses of a run of TRL's in Pawl: both sides learn from the same, so that only rounding
 * may part them. They ended within 1e-6 (loss), 3e-6 (kl), 2e-5 (gradient norm). Tokens whose ratio
 * is at the clip's very edge may be counted by one side alone: equal tokens after equal prompts are
 * at it together.
 */
async function expectReplayed(theirs: RecordedRollouts): Promise<void> {
  const ours = await replayed(theirs);
  const bounds = { loss: 1e-4, kl: 1e-4, gradientNorm: 1e-3, clipFraction: 0.01 };
  for (const [name, bound] of Object.entries(bounds))
    expect([name, distance(ours[name]!, theirs.replayed[name]!) < bound]).toEqual([name, true]);
}

/** Over seeds, with responses of its own: {@link farGaps} says how near. */
async function expectNear({ runs }: Recorded): Promise<void> {
  const ours: Curves[] = [];
  for (const seed of [1, 2, 3, 4]) ours.push(await learningCurves(opened({ seed }), ownCurves));
  expect(farGaps(ours, runs, ["reward", "kl", "responseLength", "clipFraction", "gradientNorm"])).toEqual([]);
}

test("60 updates from the responses of GRPOTrainer give its losses, divergences, gradient norms and clip fractions", () =>
  expectReplayed(recorded));

test("the mean curves of 4 seeds lie within 4 standard errors of GRPOTrainer's of 8 seeds, as recorded", () =>
  expectNear(recorded));

testWithTrl<RecordedRollouts>("trl", "make_grpo.py", "GRPOTrainer gives these curves, computed now", async (live) => {
  await expectReplayed(live);
  await expectNear(live);
});
