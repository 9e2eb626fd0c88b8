import { evaluateTemplate } from "../../../expressions/evaluate.js";
import { stagesToRun } from "../../../schemas/matrix.js";
import type { DeclaredStage, PlannedStage } from "../../../schemas/plan.js";
import type { StageState, StageStatus } from "../../../schemas/run.js";
import { stageFacts } from "../../../workflows/facts.js";
import { matrixStatus, nextSteps, toStop } from "../../../workflows/schedule.js";
import { planned, state } from "./stages.js";

const context = { inputs: {}, stages: {} };
const combinations = [{ rate: 1 }, { rate: 2 }, { rate: 3 }];

function sweep(more: Partial<DeclaredStage> = {}, matrix: Partial<DeclaredStage["matrix"]> = {}): PlannedStage[] {
  const declared: DeclaredStage = { ...planned("sweep"), ...more, matrix: { combinations, failFast: true, ...matrix } };
  return stagesToRun([declared, planned("after", { needs: ["sweep"] })]);
}
const statesOf = (stages: readonly PlannedStage[], statuses: readonly StageStatus[]): Record<string, StageState> =>
  Object.fromEntries(stages.map(({ id }, i) => [id, state(id, statuses[i] ?? "queued")]));
function started(stages: PlannedStage[], ...statuses: StageStatus[]): string[] {
  return nextSteps(stages, statesOf(stages, statuses), context).map(({ stage, act }) => `${act} ${stage}`);
}

test("a stage runs once for each combination, and what needs it waits for all of them", () => {
  const stages = sweep();
  expect(started(stages)).toEqual(["start sweep.1", "start sweep.2", "start sweep.3"]);
  expect(started(stages, "succeeded", "running", "cached")).toEqual([]);
  expect(started(stages, "succeeded", "succeeded", "cached")).toEqual(["start after"]);
});

test("`if` sees the combination; skipped combinations do not keep back what follows, unless all are skipped", () => {
  const stages = sweep({ if: "matrix.rate > 2" });
  expect(started(stages)).toEqual(["skip sweep.1", "skip sweep.2", "start sweep.3"]);
  expect(started(stages, "skipped", "skipped", "succeeded")).toEqual(["start after"]);
  expect(started(stages, "skipped", "skipped", "skipped")).toEqual(["skip after"]);
});

test("maxParallel bounds how many are under way; those that wait for people are not", () => {
  const stages = sweep({}, { maxParallel: 2 });
  expect(started(stages)).toEqual(["start sweep.1", "start sweep.2"]);
  expect(started(stages, "running")).toEqual(["start sweep.2"]);
  expect(started(stages, "running", "backingOff")).toEqual([]);
  expect(started(stages, "running", "parked")).toEqual(["start sweep.3"]);
  expect(started(stages, "succeeded", "running")).toEqual(["start sweep.3"]);
});

test("once a combination has failed, those under way are stopped, unless failFast is false or its failure does not matter", () => {
  const stopped = (stages: PlannedStage[]) => toStop(stages, statesOf(stages, ["failed", "running", "backingOff"]));
  expect(stopped(sweep())).toEqual([
    { stage: "sweep.2", failed: "sweep.1" },
    { stage: "sweep.3", failed: "sweep.1" },
  ]);
  expect(stopped(sweep({}, { failFast: false }))).toEqual([]);
  expect(stopped(sweep({ onFailure: "continue" }))).toEqual([]);
});

test("with failFast: false, the rest of the matrix runs after a combination has failed; the run starts nothing else", () => {
  const [first, ...others] = stagesToRun([
    planned("other"),
    { ...planned("sweep"), matrix: { combinations, failFast: false, maxParallel: 1 } },
    planned("after", { needs: ["sweep"] }),
  ]);
  const stages = [...others, first!];
  const cancelOther = "cancel other";
  expect(started(stages, "failed")).toEqual(["start sweep.2", cancelOther]);
  expect(started(stages, "failed", "failed")).toEqual(["start sweep.3", cancelOther]);
  expect(started(stages, "failed", "parked", "waiting")).toEqual([cancelOther]);
  expect(started(stages, "failed", "succeeded", "failed")).toEqual(["skip after", cancelOther]);
  expect(started(stages, "queued", "queued", "queued", "queued", "failed")).toEqual(
    [1, 2, 3].map((i) => `cancel sweep.${i}`),
  );
  expect(started(sweep({}, { maxParallel: 1 }), "failed")).toEqual(["cancel sweep.2", "cancel sweep.3"]);
});

describe("foreach", () => {
  const foreach = { items: "${{ stages.list.outputs.train }}", maxItems: 9, maxParallel: 1, failFast: true };
  const declared = (more: Partial<DeclaredStage> = {}): DeclaredStage[] => [
    planned("list"),
    planned("each", { needs: ["list"], foreach, ...more }),
    planned("after", { needs: ["each"] }),
  ];
  const items = [{ size: 1 }, { size: 2 }].map((item, index) => ({
    ...state(`each.${index + 1}`, "queued"),
    combination: { item, index },
  }));

  test("is one stage until its list is known, then a matrix of its items, in their order", () => {
    expect(stagesToRun(declared()).map(({ id }) => id)).toEqual(["list", "each", "after"]);
    const stages = stagesToRun(declared(), items.toReversed());
    expect(stages.map(({ id, member }) => [id, member?.combination])).toEqual([
      ["list", undefined],
      ["each.1", { item: { size: 1 }, index: 0 }],
      ["each.2", { item: { size: 2 }, index: 1 }],
      ["after", undefined],
    ]);
    expect(started(stages, "succeeded")).toEqual(["start each.1"]);
    expect(started(stages, "succeeded", "succeeded", "cached")).toEqual(["start after"]);
  });

  test.each<[string | undefined, StageStatus, string[]]>([
    [undefined, "succeeded", ["start each"]],
    [undefined, "failed", ["skip each"]],
    ["stages.list.status == 'failed'", "succeeded", ["skip each"]],
    ["item.size > 1", "succeeded", ["start each"]],
    ["index > 0", "skipped", ["skip each"]],
    ["always() && item.size > 1", "skipped", ["start each"]],
  ])("finds its list if its `if` may hold: %s, after a list that %s", (condition, status, steps) => {
    const stages = stagesToRun(declared(condition === undefined ? {} : { if: condition }));
    const continued = stages.map((stage) => ({ ...stage, onFailure: "continue" as const }));
    const states = statesOf(continued, [status]);
    const seen = { ...context, stages: stageFacts(continued, states) };
    expect(nextSteps(continued, states, seen).map(({ stage, act }) => `${act} ${stage}`)).toEqual(steps);
  });

  test("with failFast: false, the rest of the items run after one has failed", () => {
    const stages = stagesToRun(declared({ foreach: { ...foreach, failFast: false } }), items);
    expect(started(stages, "succeeded", "failed")).toEqual(["start each.2"]);
  });

  test("its `if` is decided for each item once the list is known", () => {
    const stages = stagesToRun(declared({ if: "item.size > 1" }), items);
    expect(started(stages, "succeeded")).toEqual(["skip each.1", "start each.2"]);
  });

  test("an empty list has empty lists of outputs and metrics; one that was skipped has none", () => {
    const stages = stagesToRun(declared());
    const told = (status: StageStatus): unknown =>
      evaluateTemplate(
        ["${{ stages.each.outputs.train }}", "${{ stages.each.metrics.trainRows }}", "${{ stages.each.status }}"],
        { ...context, stages: stageFacts(stages, statesOf(stages, ["succeeded", status])) },
      );
    expect(told("succeeded")).toEqual([[], [], "succeeded"]);
    expect(told("skipped")).toEqual([null, null, "skipped"]);
  });
});

test("failure() and the reasons see a failed combination", () => {
  const stages = sweep({ onFailure: "continue" });
  const states = statesOf(stages, ["failed", "succeeded", "succeeded"]);
  expect(nextSteps(stages, states, context)).toEqual([
    { stage: "after", act: "skip", reason: "it needs stages.sweep, which failed" },
  ]);
  const rescue = stages.map((stage) => (stage.id === "after" ? { ...stage, if: "failure()" } : stage));
  expect(nextSteps(rescue, states, context)).toEqual([{ stage: "after", act: "start" }]);
});

test.each<[StageStatus[], StageStatus]>([
  [["succeeded", "queued"], "queued"],
  [["failed", "running"], "running"],
  [["failed", "cancelled", "succeeded"], "failed"],
  [["cancelled", "succeeded"], "cancelled"],
  [["cached", "succeeded", "skipped"], "succeeded"],
  [["cached", "cached"], "cached"],
  [["skipped", "skipped"], "skipped"],
])("together, %j are %s", (statuses, together) => {
  expect(matrixStatus(statuses)).toBe(together);
});

test("expressions see lists in the order of the combinations, null where one has no value, once all have ended", () => {
  const stages = sweep();
  const made = { artifact: "model" as const, digest: "a".repeat(64) };
  const states = statesOf(stages, ["skipped", "succeeded", "running"]);
  states["sweep.2"] = { ...states["sweep.2"]!, outputs: { model: made }, metrics: { loss: 2 } };
  expect(stageFacts(stages, states)).toEqual({});
  states["sweep.3"] = { ...state("sweep.3", "succeeded"), metrics: { loss: 3 } };
  expect(stageFacts(stages, states)).toEqual({
    sweep: {
      status: "succeeded",
      outputs: { model: [null, made, null] },
      metrics: { loss: [null, 2, 3] },
      answers: {},
    },
  });
});
