import fc from "fast-check";
import type { FailureClass } from "../../../platform/errors.js";
import { decideRetry, noRetries } from "../../../workflows/retry.js";
import { planned } from "./stages.js";

const plan = planned("s").retry;

/** Fails again and again in the given ways; returns the waits, and how many attempts were begun. */
function run(failures: { failure: FailureClass; done?: number; checkpointStep?: number }[]) {
  let count = noRetries;
  const waits: number[] = [];
  for (const { failure, ...reached } of failures) {
    const progress = reached.done === undefined ? undefined : { done: reached.done, ...reached };
    const decision = decideRetry(plan, count, failure, progress);
    if (!decision.retry) return { waits, ended: decision.why };
    count = decision.count;
    waits.push(decision.waitMs);
  }
  return { waits, ended: undefined };
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe("the budget of a failure class", () => {
  it.each(["configuration", "divergence", "internal"] as const)("%s: no second attempt", (failure) => {
    expect(run([{ failure }])).toEqual({ waits: [], ended: "another attempt would fail in the same way" });
  });

  it.each(["io", "timeout"] as const)("%s: maxAttempts in all, with waits that grow", (failure) => {
    expect(run(times(9, { failure }))).toEqual({ waits: [1000, 2000], ended: "all 3 attempts are used up" });
  });

  it("io and timeout share one budget, which progress does not renew", () => {
    const failures = [
      { failure: "io", done: 10 },
      { failure: "timeout", done: 20 },
      { failure: "io", done: 30 },
    ] as const;
    expect(run([...failures]).waits).toHaveLength(2);
  });

  it("lost: the first retry at once, then with waits, as many as retry.on.lost", () => {
    expect(run(times(9, { failure: "lost" }))).toEqual({
      waits: [0, 1000, 2000],
      ended: "retry.on.lost allows 3 without progress between them",
    });
  });

  it("lost: the budget starts anew whenever a checkpoint is farther than all before", () => {
    const at = (step: number) => ({ failure: "lost" as const, done: step + 3, checkpointStep: step });
    const farther = Array.from({ length: 40 }, (_, i) => at(1 + i));
    expect(run(farther)).toEqual({ waits: times(40, 0), ended: undefined });
    const stuck = times(9, at(40));
    expect(run([...farther, ...stuck]).waits).toEqual([...times(40, 0), 1000, 2000]);
  });

  it("lost: work that is not in a checkpoint is no progress", () => {
    const before = [7, 8, 9, 10, 11].map((done) => ({ failure: "lost" as const, done }));
    expect(run(before).waits).toEqual([0, 1000, 2000]);
    const failures = [7, 8, 9, 10, 11].map((done) => ({ failure: "lost" as const, done, checkpointStep: 5 }));
    expect(run(failures).waits).toEqual([0, 1000, 2000]);
  });

  it("outOfMemory: its own small budget, after a wait", () => {
    expect(run(times(9, { failure: "outOfMemory" }))).toEqual({
      waits: [1000],
      ended: "retry.on.outOfMemory allows 1 without progress between them",
    });
  });

  it("classes do not use up each other's budgets", () => {
    const failures = (["io", "lost", "preempted", "outOfMemory", "io"] as const).map((failure) => ({ failure }));
    expect(run(failures).ended).toBeUndefined();
  });

  it("a wait never exceeds maxInterval", () => {
    const patient = { ...plan, maxAttempts: 100 };
    const waits = Array.from({ length: 50 }, (_, io) => decideRetry(patient, { ...noRetries, io }, "io")).map(
      (decision) => decision.retry && decision.waitMs,
    );
    expect(Math.max(...waits.map(Number))).toBe(60_000);
  });

  it("ends after finitely many failures without progress, whatever their order", () => {
    const classes = fc.constantFrom<FailureClass>("io", "timeout", "lost", "preempted", "outOfMemory");
    fc.assert(
      fc.property(fc.array(classes, { minLength: 58, maxLength: 80 }), (failures) => {
        expect(run(failures.map((failure) => ({ failure }))).ended).toBeDefined();
      }),
    );
  });
});
