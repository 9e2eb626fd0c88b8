import { boundedStates } from "../../../workflows/failure.js";
import type { StageState } from "../../../schemas/run.js";

const failed = (id: string, length: number): StageState => ({
  id,
  uses: "dataset",
  status: "failed",
  attempts: 1,
  failure: { code: "INTERNAL", class: "internal", message: "m".repeat(length), facts: { where: "w".repeat(length) } },
  outputs: {},
  metrics: {},
  reason: "r".repeat(length),
});
const states = (count: number, length: number): Record<string, StageState> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`s${i}`, failed(`s${i}`, length)]));

test.each([10, 1000, 3000])("the states of %d long failures fit into a payload", (count) => {
  const bounded = boundedStates(states(count, 20_000));
  expect(Object.keys(bounded)).toHaveLength(count);
  expect(Buffer.byteLength(JSON.stringify(bounded))).toBeLessThan(1.5 * 2 ** 20);
});

test("a few failures keep their texts, and what has not failed stays", () => {
  const few = {
    ...states(3, 1000),
    done: { id: "done", uses: "dataset", status: "succeeded", attempts: 1, outputs: {}, metrics: {} } as const,
  };
  expect(boundedStates(few as Record<string, StageState>)).toEqual(few);
});
