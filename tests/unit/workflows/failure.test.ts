import { ActivityFailure, TimeoutFailure } from "@temporalio/workflow";
import { boundedStates, forOutage, readFailure } from "../../../workflows/failure.js";
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

/** An activity that the server, or the worker itself, has given up. */
const timedOut = (activityType: string): ActivityFailure => {
  const cause = new TimeoutFailure("activity StartToClose timeout", undefined, "START_TO_CLOSE");
  return new ActivityFailure("it failed", activityType, "1", "TIMEOUT", "worker", cause);
};

test.each(["prepare", "runBrief"])("the fixed minute of %s is no business of the stage's `timeout`", (activityType) => {
  const { failure } = readFailure(timedOut(activityType));
  expect(failure).toMatchObject({ code: "STAGE_TIMEOUT", class: "timeout" });
  expect(failure.message).toMatch(/within a minute$/);
  expect(failure.facts.next).toContain("the stage is retried");
  expect(failure.facts.next).not.toContain("`timeout`");
});

test("an attempt whose heartbeats failed because the server was away is reported as such, and keeps its progress", () => {
  const reached = { done: 7, total: 9, checkpointStep: 5 };
  const silence = new ActivityFailure(
    ...(["it failed", "pretrain", "1", "TIMEOUT", "worker"] as const),
    new TimeoutFailure("activity Heartbeat timeout", reached, "HEARTBEAT"),
  );
  const failed = readFailure(silence);
  expect(failed).toMatchObject({ failure: { code: "WORKER_LOST", class: "lost" }, reached, unheard: true });
  expect(readFailure(timedOut("pretrain")).unheard).toBeUndefined();
  expect(forOutage(failed)).toMatchObject({
    failure: { code: "WORKER_LOST", class: "lost", message: expect.stringContaining("the server was away") },
    reached,
    serverAway: true,
  });
});

test("an attempt that takes longer than its stage may is", () => {
  const { failure } = readFailure(timedOut("pretrain"));
  expect(failure).toMatchObject({ code: "STAGE_TIMEOUT", facts: { next: expect.stringContaining("raise `timeout`") } });
});
