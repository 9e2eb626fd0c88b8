import fc from "fast-check";
import type { FailureClass } from "../../../platform/errors.js";
import { decideRetry, noRetries, waitBefore } from "../../../workflows/retry.js";
import { planned } from "./stages.js";

const plan = planned("s").retry;

/** Fails again and again in the given ways; returns the waits, and how many attempts were begun. */
function run(failures: { failure: FailureClass; done?: number; checkpointStep?: number }[], { attemptMs = 0 } = {}) {
  let count = noRetries;
  let atMs = 5_000_000;
  const waits: number[] = [];
  for (const { failure, ...reached } of failures) {
    const progress = reached.done === undefined ? undefined : { done: reached.done, ...reached };
    atMs += attemptMs;
    const decision = decideRetry(plan, count, { class: failure, reached: progress, atMs });
    if (!decision.retry) return { waits, ended: decision.why };
    count = decision.count;
    waits.push(decision.waitMs);
    atMs += decision.waitMs;
  }
  return { waits, ended: undefined };
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe("the budget of a failure class", () => {
  it("is unchanged where the server was away, but the progress counts", () => {
    const none = { ...plan, on: { preempted: 0, lost: 0, outOfMemory: 0 } };
    const away = { class: "lost", serverAway: true, reached: { done: 4, checkpointStep: 4 }, atMs: 0 } as const;
    expect(decideRetry(none, { ...noRetries, lost: 0 }, away)).toEqual({
      retry: true,
      waitMs: 0,
      count: { ...noRetries, farthest: 4 },
    });
    expect(decideRetry(none, noRetries, { ...away, serverAway: false }).retry).toBe(false);
  });

  it.each(["configuration", "divergence", "internal"] as const)("%s: no second attempt", (failure) => {
    expect(run([{ failure }])).toEqual({ waits: [], ended: "another attempt would fail in the same way" });
  });

  it.each(["io", "timeout"] as const)("%s: maxAttempts in all, with waits that grow", (failure) => {
    expect(run(times(9, { failure }))).toEqual({ waits: [1000, 2000], ended: "all 3 attempts are used up" });
  });

  it("io and timeout share one budget, which work that is not in a checkpoint does not renew", () => {
    const failures = [
      { failure: "io", done: 10 },
      { failure: "timeout", done: 20 },
      { failure: "io", done: 30 },
    ] as const;
    expect(run([...failures]).waits).toHaveLength(2);
  });

  it("io and timeout: the budget starts anew whenever a checkpoint is farther than all before", () => {
    const at = (step: number) => ({ failure: step % 2 ? "io" : "timeout", done: step, checkpointStep: step }) as const;
    const farther = Array.from({ length: 40 }, (_, i) => at(1 + i));
    expect(run(farther)).toEqual({ waits: times(40, 1000), ended: undefined });
    expect(run([...farther, at(40), at(40)]).waits).toEqual([...times(40, 1000), 2000]);
  });

  it("io: progress made by a lost attempt renews it as well", () => {
    const failures = [
      { failure: "io" },
      { failure: "io" },
      { failure: "lost", done: 9, checkpointStep: 9 },
      { failure: "io", done: 9, checkpointStep: 9 },
      { failure: "io", done: 9, checkpointStep: 9 },
    ] as const;
    expect(run([...failures])).toEqual({ waits: [1000, 2000, 0, 1000, 2000], ended: undefined });
  });

  it("diskFull: attempts until the disk has been full for retry.diskWait, and no count of them", () => {
    const patient = run(times(40, { failure: "diskFull" }));
    expect(patient.ended).toBe("the disk has been full for 600 s (retry.diskWait)");
    expect(patient.waits.slice(0, 8)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    expect(patient.waits.reduce((sum, wait) => sum + wait, 0)).toBe(600_000);
    // Attempts that take long count as waiting.
    expect(run(times(40, { failure: "diskFull" }), { attemptMs: 200_000 }).waits).toHaveLength(3);
  });

  it("diskFull: once a checkpoint is farther, the window starts anew", () => {
    const at = (step: number) => ({ failure: "diskFull" as const, done: step, checkpointStep: step });
    const farther = Array.from({ length: 40 }, (_, i) => at(1 + i));
    expect(run(farther, { attemptMs: 599_000 })).toEqual({ waits: times(40, 1000), ended: undefined });
  });

  it.each(["crash", "ruleTimeout"] as const)("%s: two further attempts, renewed by progress", (failure) => {
    expect(run(times(9, { failure }))).toEqual({
      waits: [1000, 2000],
      ended: "it failed in this way 3 times without progress between them",
    });
    const farther = Array.from({ length: 9 }, (_, i) => ({ failure, done: 1 + i, checkpointStep: 1 + i }));
    expect(run(farther).waits).toEqual(times(9, 1000));
  });

  it("lost: the first retry immediately, then with waits, as many as retry.on.lost", () => {
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
      ended: "retry.on.outOfMemory allows 1 in all",
    });
  });

  it("classes do not use up each other's budgets", () => {
    const failures = (["io", "lost", "preempted", "outOfMemory", "io"] as const).map((failure) => ({ failure }));
    expect(run(failures).ended).toBeUndefined();
  });

  it("a wait never exceeds maxInterval", () => {
    const patient = { ...plan, maxAttempts: 100 };
    const waits = Array.from({ length: 50 }, (_, io) =>
      decideRetry(patient, { ...noRetries, io }, { class: "io", atMs: 0 }),
    ).map((decision) => decision.retry && decision.waitMs);
    expect(Math.max(...waits.map(Number))).toBe(60_000);
  });

  it("a wait is a number however often a factor has been applied to no interval", () => {
    expect(waitBefore({ intervalMs: 0, factor: 100, maxIntervalMs: 60_000 }, 1000)).toBe(0);
    expect(waitBefore({ intervalMs: 1, factor: 100, maxIntervalMs: 60_000 }, 1000)).toBe(60_000);
  });

  it("ends after finitely many failures without progress, whatever their order", () => {
    const classes = fc.constantFrom<FailureClass>(
      "io",
      "timeout",
      "lost",
      "preempted",
      "outOfMemory",
      "crash",
      "ruleTimeout",
    );
    fc.assert(
      fc.property(fc.array(classes, { minLength: 62, maxLength: 80 }), (failures) => {
        expect(run(failures.map((failure) => ({ failure }))).ended).toBeDefined();
      }),
    );
  });
});
