import { compareRuns, type ComparedRun } from "../../../../report/run/compare-runs.js";
import type { PlannedStage } from "../../../../schemas/plan.js";
import type { StageState } from "../../../../schemas/run.js";
import type { ResultRecord } from "../../../../store/records/record-types.js";

const ref = (digest: string) => ({ artifact: "model" as const, digest });

function run(
  runId: string,
  stages: Record<string, Partial<StageState> & { steps?: number; text?: string }>,
): ComparedRun {
  const ids = Object.keys(stages);
  return {
    runId,
    plan: {
      ...{ name: "poems", definitionDigest: "0", seed: 1, inputs: {}, outputs: {} },
      stages: ids.map((id) => ({ id, uses: "pretrain", with: {} })) as PlannedStage[],
    },
    stages: ids.map((id) => ({
      ...{ id, uses: "pretrain", status: "succeeded", attempts: 1, outputs: {}, metrics: {} },
      ...stages[id],
    })),
    results: Object.fromEntries(
      ids.map((id) => [
        id,
        { uses: "pretrain", version: 1, with: { steps: stages[id]!.steps ?? 1 }, seed: 1, compute: null, source: null },
      ]),
    ) as unknown as Record<string, ResultRecord>,
    samples: ids.flatMap((stage) => {
      const { text } = stages[stage]!;
      return text === undefined ? [] : [{ stage, prompt: "Who?", text }];
    }),
  };
}

test("runs with equal results are equal, also if one took them from the cache", () => {
  const before = run("a", { base: { metrics: { loss: 2 }, outputs: { model: ref("1") } } });
  const after = run("b", { base: { status: "cached", metrics: { loss: 2 }, outputs: { model: ref("1") } } });
  expect(compareRuns(before, after)).toMatchObject({ runs: ["a", "b"], changes: [], stages: [{ equal: true }] });
});

test("a difference is reported with its cause: settings, metrics, artifacts and samples", () => {
  const before = run("a", {
    base: { steps: 10, metrics: { loss: 2, steps: 10 }, outputs: { model: ref("1") }, text: "I" },
  });
  const after = run("b", {
    base: { steps: 20, metrics: { loss: 1.5, steps: 20 }, outputs: { model: ref("2") }, text: "you" },
  });
  expect(compareRuns(before, after).stages).toEqual([
    {
      ...{ stage: "base", equal: false, status: ["succeeded", "succeeded"] },
      changes: ["with.steps is now 20, was 10"],
      metrics: { loss: [2, 1.5], steps: [10, 20] },
      outputs: { model: ["1", "2"] },
      samples: [{ prompt: "Who?", texts: ["I", "you"] }],
    },
  ]);
});

test("inputs and the seed are those of the whole runs, and a stage of one run alone has no status in the other", () => {
  const before = run("a", { old: {}, base: { status: "failed" } });
  const after = run("b", { base: {}, fresh: {} });
  Object.assign(before.plan, { seed: 1, inputs: { steps: 1, gone: true } });
  Object.assign(after.plan, { seed: 2, inputs: { steps: 2, extra: "x" } });
  const { changes, stages } = compareRuns(before, after);
  expect(changes).toEqual([
    "seed is now 2, was 1",
    "inputs.steps is now 2, was 1",
    'inputs.extra is new: "x"',
    "inputs.gone no longer exists, was true",
  ]);
  expect(stages.map(({ stage, status }) => [stage, ...status])).toEqual([
    ["base", "failed", "succeeded"],
    ["fresh", undefined, "succeeded"],
    ["old", "succeeded", undefined],
  ]);
});

test("without both results, the settings that differ are reported as they are written", () => {
  const [before, after] = ["a", "b"].map((id) => run(id, { base: { status: "failed" }, next: { status: "failed" } }));
  for (const compared of [before!, after!]) compared.results = {};
  const [base, next] = after!.plan.stages;
  Object.assign(before!.plan.stages[0]!, { with: { steps: 10, tokens: "${{ stages.next.outputs.tokens }}" } });
  Object.assign(base!, { with: { steps: 20, tokens: "${{ stages.next.outputs.tokens }}" }, if: "inputs.size > 2" });
  Object.assign(before!.plan.stages[1]!, { with: { steps: 10 } });
  Object.assign(next!, { with: { steps: 10 } });
  expect(compareRuns(before!, after!).stages).toMatchObject([
    { stage: "base", equal: false, changes: ["with.steps is now 20, was 10", 'if is new: "inputs.size > 2"'] },
    { stage: "next", equal: true, changes: [] },
  ]);
  const changed = after!.stages.map((stage) => (stage.id === "next" ? { ...stage, changes: [{ steps: 30 }] } : stage));
  expect(compareRuns(before!, { ...after!, stages: changed }).stages[1]).toMatchObject({
    equal: false,
    changes: ["with.steps is now 30, was 10"],
  });
});
