import { nextVictim, type Stoppable } from "../../../verify/stress.js";
import { stressed, stressTimes, withTimeouts } from "../../../verify/stretched-plan.js";
import type { Plan, PlannedStage } from "../../../schemas/plan.js";

describe("the next process that is stopped", () => {
  const rig = (workers: number, more: Partial<Stoppable> = {}): Stoppable => ({
    processes: () => [
      { name: "workflows", pid: 1 },
      ...Array.from({ length: workers }, (_, i) => ({ name: `cpu ${i + 1}`, pid: 11 + i })),
    ],
    serverPid: () => 2,
    ...more,
  });
  const turns = (of: Stoppable, count: number) => Array.from({ length: count }, (_, turn) => nextVictim(turn, of)?.pid);

  test("is a worker process, the process for workflows and the server in turn", () => {
    expect(turns(rig(1), 7)).toEqual([11, 1, 2, 11, 1, 2, 11]);
    expect(nextVictim(2, rig(1))).toEqual({ target: "server", pid: 2 });
  });
  test("is each time another one of several worker processes", () => {
    expect(turns(rig(2), 9)).toEqual([11, 1, 2, 12, 1, 2, 11, 1, 2]);
  });
  test("is none where there is no such process just now: its turn comes again", () => {
    expect(nextVictim(0, rig(0))).toBeUndefined();
    expect(nextVictim(1, rig(1, { processes: () => [] }))).toBeUndefined();
    expect(nextVictim(2, rig(1, { serverPid: () => undefined }))).toBeUndefined();
  });
});

describe("limits under stress", () => {
  const stage = (more: Partial<PlannedStage> = {}): PlannedStage => ({
    ...{ id: "a", uses: "grpo", with: {}, needs: [], timeoutMs: 86_400_000, heartbeatMs: 60_000 },
    retry: {
      ...{ maxAttempts: 3, intervalMs: 1000, factor: 2, maxIntervalMs: 60_000 },
      on: { preempted: 1, lost: 1, outOfMemory: 1 },
    },
    ...{ checkpoint: { everyMs: 1000, keep: 2 }, resources: { gpu: 0 }, cache: true, onFailure: "fail", line: 1 },
    ...more,
  });
  const rule = { kind: "module", path: "modules/a.mjs" };

  test("a heartbeat is short, one that is shorter stays", () => {
    expect(stressed(stage(), 10).heartbeatMs).toBe(stressTimes.heartbeatMs);
    expect(stressed(stage({ heartbeatMs: 1000 }), 10).heartbeatMs).toBe(1000);
  });
  test("attempts whose time runs out use up no budget", () => {
    expect(stressed(stage(), 10).retry.maxAttempts).toBe(11);
    expect(stressed(stage(), 1).retry.maxAttempts).toBe(3);
  });
  test("a rule's time limit is a thirtieth, and 2 s at least; other rules have none", () => {
    const settings = {
      verifiers: [rule, { kind: "number" }, { ...rule, timeLimitMs: 600_000 }, { ...rule, timeLimitMs: 500 }],
      judge: { ...rule, timeLimitMs: 90_000 },
      iterations: 3,
    };
    expect(stressed(stage({ with: settings }), 10).with).toEqual({
      verifiers: [
        { ...rule, timeLimitMs: 2000 },
        { kind: "number" },
        { ...rule, timeLimitMs: 20_000 },
        { ...rule, timeLimitMs: 500 },
      ],
      judge: { ...rule, timeLimitMs: 3000 },
      iterations: 3,
    });
  });
  test("a value that is still an expression, or is wrong, stays unchanged", () => {
    for (const settings of [
      { verifiers: "${{ inputs.rules }}", judge: null },
      { verifiers: ["x", null], judge: [] },
    ])
      expect(stressed(stage({ with: settings }), 10).with).toEqual(settings);
    const limit = { judge: { ...rule, timeLimitMs: "${{ inputs.limit }}" } };
    expect(stressed(stage({ with: limit }), 10).with).toEqual(limit);
  });
  test("an attempt may take ten times as long as its stage took uninterrupted, and at least a minute", () => {
    const stages = [stage(), stage({ id: "b" }), stage({ id: "c", timeoutMs: 1000 }), stage({ id: "d" })];
    const plan = withTimeouts({ stages } as Plan, { a: 30_000, b: 10, c: 10 });
    expect(plan.stages.map(({ timeoutMs }) => timeoutMs)).toEqual([300_000, 60_000, 1000, 86_400_000]);
  });
});
