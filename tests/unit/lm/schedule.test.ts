import { learningRateAt, type Schedule } from "../../../lm/optim/schedule.js";

const base: Schedule = { kind: "cosine", learningRate: 1, minimumLearningRate: 0.1, warmupSteps: 10, steps: 110 };
const at = (step: number, changes: Partial<Schedule> = {}): number => learningRateAt({ ...base, ...changes }, step);

test("the warm-up grows linearly and ends at the highest rate", () => {
  expect([0, 4, 9].map((step) => at(step))).toEqual([0.1, 0.5, 1]);
});

test("cosine falls from the highest rate toward the minimum, half way at half time", () => {
  expect(at(10)).toBe(1);
  expect(at(60)).toBeCloseTo(0.55, 12);
  expect(at(109)).toBeGreaterThan(0.1);
  expect(at(109)).toBeLessThan(0.101);
});

test("wsd stays and falls over the last fifth, in a straight line", () => {
  const wsd = (step: number) => at(step, { kind: "wsd" });
  expect([10, 50, 88].map(wsd)).toEqual([1, 1, 1]);
  expect(wsd(99)).toBeCloseTo(0.55, 12);
  expect(wsd(109)).toBeCloseTo(0.1 + 0.9 / 22, 12);
});

test("constant stays", () => {
  expect([10, 60, 109].map((step) => at(step, { kind: "constant" }))).toEqual([1, 1, 1]);
});

test.each(["cosine", "wsd", "constant"] as const)("%s never leaves the range, whatever the lengths", (kind) => {
  for (const steps of [1, 2, 7, 100])
    for (const warmupSteps of [0, 1, 5, 200])
      for (let step = 0; step < steps; step++) {
        const rate = at(step, { kind, steps, warmupSteps });
        expect(rate).toBeGreaterThan(0);
        expect(rate).toBeLessThanOrEqual(1);
      }
});
