import { resolveArchitecture } from "../../../lm/model/architecture.js";
import { initialize } from "../../../lm/model/initialize.js";
import type { Pair } from "../../../lm/train/pair.js";
import { withScoreHead } from "../../../lm/train/reward-model.js";
import { RewardTrainer } from "../../../lm/train/reward-trainer.js";
import { RandomStream } from "../../../platform/random.js";
import { adamw } from "./support.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

test("planted Bradley-Terry scores are recovered from choices made by them", () => {
  const vocabulary = 12;
  const architecture = resolveArchitecture(
    {
      layers: 1,
      hiddenSize: 16,
      heads: 2,
      intermediateSize: 32,
      contextLength: 12,
      ropeTheta: 10000,
      tieEmbeddings: true,
    },
    vocabulary,
  );
  const random = new RandomStream(1, "planted");
  let drawn = 0;
  const uniform = () => random.uniform(drawn++);
  // A response's score is twice the mean of its tokens'; choices between two are random, with the
  // odds of Bradley and Terry.
  const worth = Array.from({ length: vocabulary }, () => 4 * uniform() - 2);
  const planted = (tokens: readonly number[]) =>
    tokens.reduce((sum, token) => sum + (2 * worth[token]!) / tokens.length, 0);
  const response = () =>
    Array.from({ length: 2 + Math.floor(uniform() * 4) }, () => Math.floor(uniform() * vocabulary));
  const pair = (): Pair => {
    const [one, other] = [response(), response()];
    const first = uniform() < 1 / (1 + Math.exp(planted(other) - planted(one)));
    return { prompt: [1], chosen: first ? one : other, rejected: first ? other : one, margin: 0 };
  };
  const pairs = 32;
  const trainer = new RewardTrainer(
    {
      architecture,
      shape: { rows: 2 * pairs, prompt: 1, response: 5 },
      centering: 0,
      optimizer: { ...adamw, weightDecay: 0 },
    },
    withScoreHead(architecture, initialize(architecture, 1), 1),
  );
  const reports = Array.from({ length: 250 }, (_, step) =>
    trainer.update(step, 0.01 * (1 - step / 250), Array.from({ length: pairs }, pair)),
  );
  expect(reports[0]!.loss).toBeGreaterThan(0.6);
  expect(reports.at(-1)!.accuracy).toBeGreaterThan(0.7);

  const unseen = Array.from({ length: 10 * pairs }, pair);
  const scores = Array.from({ length: 10 }, (_, i) => trainer.score(unseen.slice(i * pairs, (i + 1) * pairs))).flat();
  trainer.dispose();
  const gaps = unseen.map(({ chosen, rejected }) => planted(chosen) - planted(rejected));
  const learned = scores.map(({ chosen, rejected }) => chosen - rejected);
  const right = gaps.filter((gap, i) => Math.sign(gap) === Math.sign(learned[i]!)).length;
  expect(right / gaps.length).toBeGreaterThan(0.9);
  expect(correlation(gaps, learned)).toBeGreaterThan(0.95);
  // The odds are recovered, not only the order (centering would shrink the scores).
  const slope = gaps.reduce((sum, gap, i) => sum + gap * learned[i]!, 0) / Math.hypot(...gaps) ** 2;
  expect(Math.abs(slope - 1)).toBeLessThan(0.15);
  expect(correlation(ranks(gaps), ranks(learned))).toBeGreaterThan(0.95);
});

function correlation(one: readonly number[], other: readonly number[]): number {
  const centred = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  };
  const [x, y] = [centred(one), centred(other)];
  return x.reduce((sum, value, i) => sum + value * y[i]!, 0) / (Math.hypot(...x) * Math.hypot(...y));
}

function ranks(values: readonly number[]): number[] {
  const sorted = [...values].sort((x, y) => x - y);
  return values.map((value) => sorted.indexOf(value));
}
