import { groupInterval } from "../../../lm/train/group-interval.js";
import { mean, outcomeInterval } from "../../../lm/train/metrics.js";
import { RandomStream } from "../../../platform/random.js";

/** Outcomes of groups, each of as many rows: a row is right with its group's probability. */
function draw(probabilities: readonly number[], each: number, seed: number) {
  const random = new RandomStream(seed, "outcomes");
  const groups = probabilities.flatMap((_, g) => new Array<string>(each).fill(`group ${g}`));
  const outcomes = groups.map((_, i) => (random.uniform(i) < probabilities[Math.floor(i / each)]! ? 1 : 0));
  return { outcomes, groups };
}

test("covers the true mean in about 95 % of draws where rows of a group are alike; an interval over rows does not", () => {
  const [groups, each, draws] = [40, 20, 300];
  let [covered, coveredByRows] = [0, 0];
  for (let d = 0; d < draws; d++) {
    const random = new RandomStream(d, "groups");
    // Each group's rows are all right or all wrong, right in half of the groups.
    const probabilities = Array.from({ length: groups }, (_, g) => (random.uniform(g) < 0.5 ? 1 : 0));
    const { outcomes, groups: names } = draw(probabilities, each, d);
    const { low, high } = groupInterval(outcomes, names, d);
    const rows = outcomeInterval(outcomes);
    if (low <= 0.5 && 0.5 <= high) covered++;
    if (rows.low <= 0.5 && 0.5 <= rows.high) coveredByRows++;
  }
  expect(covered / draws).toBeGreaterThan(0.89);
  expect(covered / draws).toBeLessThan(0.99);
  expect(coveredByRows / draws).toBeLessThan(0.5);
});

test("agrees with the interval over rows where each row is a group of its own", () => {
  const { outcomes } = draw(new Array<number>(400).fill(0.3), 1, 1);
  const found = groupInterval(
    outcomes,
    outcomes.map((_, i) => `${i}`),
    1,
  );
  const { low, high } = outcomeInterval(outcomes);
  expect(found.groups).toBe(400);
  expect(Math.abs(found.low - low)).toBeLessThan(0.01);
  expect(Math.abs(found.high - high)).toBeLessThan(0.01);
});

test("weighs groups by their rows", () => {
  // One large group that is right, nine small ones that are not: the mean is 90 / 99.
  const outcomes = [...new Array<number>(90).fill(1), ...new Array<number>(9).fill(0)];
  const groups = outcomes.map((_, i) => (i < 90 ? "large" : `small ${i}`));
  const { low, high } = groupInterval(outcomes, groups, 1);
  expect(mean(outcomes)).toBeCloseTo(90 / 99, 12);
  // The large group is drawn never with a probability of 0.9^10 = 35 %.
  expect(low).toBe(0);
  expect(high).toBeGreaterThan(0.95);
});

test("is the same for the same seed, and another for another", () => {
  const { outcomes, groups } = draw([0.1, 0.9, 0.4, 0.3, 0.6, 0.5, 0.7], 13, 1);
  expect(groupInterval(outcomes, groups, 1)).toEqual(groupInterval(outcomes, groups, 1));
  expect(groupInterval(outcomes, groups, 1)).not.toEqual(groupInterval(outcomes, groups, 2));
});

test("does not shrink to a point: of groups all alike it is Wilson's over groups", () => {
  const right = new Array<number>(60).fill(1);
  const groups = right.map((_, i) => `group ${i % 6}`);
  expect(groupInterval(right, groups, 1)).toEqual({ ...outcomeInterval([1, 1, 1, 1, 1, 1]), groups: 6 });
  expect(groupInterval([1, 0], ["one", "one"], 1)).toEqual({ ...outcomeInterval([0.5]), groups: 1 });
});
