import { RewardTrainer } from "../../../lm/train/reward-trainer.js";
import recorded from "../../fixtures/trl/reward-model.json" with { type: "json" };
import { loadTensorFlow } from "../support.js";
import type { Curves } from "./learning-curves.js";
import { distance, noise } from "./support.js";
import { architecture, makeOptimizer, problem, scoringWeights, testWithTrl, type Recorded } from "./trl-problem.js";
import type { Pair } from "../../../lm/train/pair.js";
beforeAll(loadTensorFlow);

const settings = problem.rewardModel;
const worth = noise(500, architecture.vocabularySize);
const worthOf = (response: readonly number[]): number =>
  response.reduce((sum, token) => sum + worth[token]!, 0) / response.length;

function tokensOf(salt: number, count: number): number[] {
  return Array.from(
    noise(salt, count),
    (value) => 1 + Math.floor(((value + 1) / 2) * (architecture.vocabularySize - 1)),
  );
}

/**
 * As tests/fixtures/trl/make_reward_model.py makes it: the chosen response is worth more, but in a
 * tenth of the pairs less.
 */
function pairOf(seed: number, i: number): Pair {
  const salt = 10_000 * seed + 10 * i;
  const prompt = tokensOf(salt, 2 + (i % 3));
  const one = tokensOf(salt + 1, 1 + ((i + seed) % 5));
  const other = tokensOf(salt + 2, 1 + ((3 * i) % 5));
  const [chosen, rejected] = worthOf(one) > worthOf(other) !== (i % 10 === 9) ? [one, other] : [other, one];
  const end = problem.stop;
  return { prompt, chosen: [...chosen, end], rejected: [...rejected, end], margin: (noise(salt + 3, 1)[0]! + 1) / 4 };
}

/** The curves of one set of pairs, read in their order, epoch after epoch. */
function curvesOf(seed: number): Curves {
  const { batchSize, centering, gradientClip } = settings;
  const trainer = new RewardTrainer(
    {
      architecture,
      shape: { rows: 2 * batchSize, prompt: 4, response: 6 },
      centering,
      optimizer: makeOptimizer(gradientClip),
    },
    scoringWeights(settings),
  );
  const pairs = Array.from({ length: settings.pairs }, (_, i) => pairOf(seed, i));
  const batches = pairs.length / batchSize;
  const reports = Array.from({ length: settings.epochs * batches }, (_, step) => {
    const from = (step % batches) * batchSize;
    return trainer.update(step, problem.learningRate, pairs.slice(from, from + batchSize));
  });
  trainer.dispose();
  const curve = (name: "loss" | "accuracy" | "gradientNorm") => reports.map((report) => report[name]);
  return { loss: curve("loss"), accuracy: curve("accuracy"), gradientNorm: curve("gradientNorm") };
}

/**
 * Nothing is drawn: both sides read the same pairs in the same order from the same weights, so that
 * every set's curve is compared by itself, and only rounding may part them. The losses ended within
 * 5e-6 of TRL's and the gradients' norms, of up to 10, within 3e-4.
 */
function expectCurvesOf({ runs }: Recorded): void {
  expect(runs).toHaveLength(settings.sets);
  runs.forEach((theirs, set) => {
    const ours = curvesOf(set + 1);
    expect(distance(ours["loss"]!, theirs["loss"]!)).toBeLessThan(1e-4);
    expect(distance(ours["accuracy"]!, theirs["accuracy"]!)).toBeLessThan(1e-3);
    expect(distance(ours["gradientNorm"]!, theirs["gradientNorm"]!)).toBeLessThan(5e-3);
  });
}

test("40 updates on each of 4 sets of pairs give RewardTrainer's losses to 1e-4, and its accuracies, as recorded", () => {
  expectCurvesOf(recorded);
  for (const { loss, accuracy } of recorded.runs) {
    expect(loss.at(-1)).toBeLessThan(0.2);
    expect(accuracy.at(-1)).toBe(1);
  }
});

testWithTrl<Recorded>("trl", "make_reward_model.py", "RewardTrainer gives these curves, computed now", expectCurvesOf);
