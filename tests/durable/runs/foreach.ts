import type { DeclaredStage, ForeachPlan } from "../../../schemas/plan.js";
import { runFailure, queryRunState, statuses, until } from "../support/fleet.js";
import { plansFrom, stage } from "../support/plans.js";
import { fleet } from "./fleet.js";

const plan = plansFrom(12000);

/** A stage that runs a program for each item of the list that the stage `list` writes. */
function each(program: string, foreach: Partial<ForeachPlan> = {}, more: Partial<DeclaredStage> = {}): DeclaredStage {
  return stage(
    "each",
    {},
    {
      needs: ["list"],
      with: { source: { text: program }, query: "none" },
      foreach: { items: "${{ stages.list.outputs.train }}", maxItems: 10, failFast: true, ...foreach },
      ...more,
    },
  );
}
const steps = '{"steps": ${{ item.steps }}}';
const after = stage("after", {}, { needs: ["each"] });

test("a stage runs once for each row of an artifact; equal items come from the cache, wherever they are", async () => {
  const listed = (...counts: number[]) =>
    plan(
      [
        stage("list", { rows: counts.map((count) => ({ steps: count })) }),
        each(steps, { maxParallel: 1 }, { if: "item.steps != 4 && index < 9" }),
        stage(
          "best",
          {},
          {
            needs: ["each"],
            uses: "select",
            with: {
              from: { train: "${{ stages.each.outputs.train }}" },
              by: "${{ stages.each.metrics.trainRows }}",
              prefer: "highest",
            },
          },
        ),
      ],
      { outputs: { all: "${{ stages.each.metrics.trainRows }}", best: "${{ stages.best.outputs.train }}" } },
    );
  const run = await fleet.launch(listed(3, 5, 4));
  const { outputs, stages } = await run.result();
  expect(outputs).toEqual({ all: [3, 5, null], best: stages["each.2"]!.outputs["train"] });
  const state = await queryRunState(run);
  expect(state.stages.map(({ id, status, combination }) => [id, status, combination])).toEqual([
    ["list", "succeeded", undefined],
    ["each.1", "succeeded", { item: { steps: 3 }, index: 0 }],
    ["each.2", "succeeded", { item: { steps: 5 }, index: 1 }],
    ["each.3", "skipped", { item: { steps: 4 }, index: 2 }],
    ["best", "succeeded", undefined],
  ]);
  expect(state.stages[2]!.startedAtMs).toBeGreaterThanOrEqual(state.stages[1]!.endedAtMs!);

  const longer = await fleet.launch(listed(6, 5, 3));
  await longer.result();
  expect(statuses(await queryRunState(longer))).toEqual({
    list: "succeeded",
    "each.1": "succeeded",
    "each.2": "cached",
    "each.3": "cached",
    best: "succeeded",
  });
});

test("an empty list succeeds with no item, and its outputs are empty lists", async () => {
  const run = await fleet.launch(
    plan([stage("list", { rows: [] }), each(steps), after], {
      outputs: { all: "${{ stages.each.outputs.train }}", status: "${{ stages.each.status }}" },
    }),
  );
  expect((await run.result()).outputs).toEqual({ all: [], status: "succeeded" });
  const state = await queryRunState(run);
  expect(statuses(state)).toEqual({ list: "succeeded", each: "succeeded", after: "succeeded" });
  expect(state.stages[1]!.reason).toBe("0 items: its list is empty");
});

test("a list that other stages give is not read", async () => {
  const combinations = [2, 3].map((count) => ({ count }));
  const sweep = stage(
    "list",
    {},
    {
      with: { source: { text: '{"steps": ${{ matrix.count }}}' }, query: "none" },
      matrix: { combinations, failFast: true },
    },
  );
  const run = await fleet.launch(
    plan([sweep, each('{"steps": ${{ item }}}', { items: "${{ stages.list.metrics.trainRows }}" })]),
  );
  await run.result();
  expect((await queryRunState(run)).stages.slice(2).map(({ combination, metrics }) => [combination, metrics])).toEqual([
    [{ item: 2, index: 0 }, { trainRows: 2 }],
    [{ item: 3, index: 1 }, { trainRows: 3 }],
  ]);
});

test.each<[string, Parameters<typeof stage>[1], Partial<ForeachPlan>, string, RegExp]>([
  ["has too many items", { rows: [1, 2, 3] }, { maxItems: 2 }, "OUT_OF_RANGE", /at most 2 items, got 3/],
  ["is too large", { rows: ["x".repeat(140_000)] }, {}, "OUT_OF_RANGE", /at most 131072 bytes, got 140003/],
  [
    "is no list",
    { steps: 7 },
    { items: "${{ stages.list.metrics.trainRows }}" },
    "WRONG_TYPE",
    /must be a list, got 7\n/,
  ],
])("a list that %s fails its stage, with nothing run", async (_, program, foreach, type, message) => {
  const run = await fleet.launch(plan([stage("list", program), each("{}", foreach), after]));
  const failure = await runFailure(run);
  expect(failure.type).toBe(type);
  expect(failure.message).toMatch(message);
  expect(failure.message).toMatch(/where: stages\.each/);
  expect(statuses(await queryRunState(run))).toEqual({ list: "succeeded", each: "failed", after: "skipped" });
});

test("a parked list can be skipped; settings of items are not those of the list", async () => {
  const parked = each("{}", { maxItems: 1 }, { onFailure: "park" });
  const run = await fleet.launch(plan([stage("list", { rows: [1, 2] }), parked, after]));
  await until(run, ({ status }) => status === "parked");
  await expect(
    run.executeUpdate("retry", { args: [{ stage: "each", with: { query: "rows" } }] }),
  ).rejects.toMatchObject({ cause: { type: "NOT_ALLOWED" } });
  await run.executeUpdate("skip", { args: [{ stage: "each" }] });
  await run.result();
  expect(statuses(await queryRunState(run))).toEqual({ list: "succeeded", each: "skipped", after: "skipped" });
});

test("an item that fails stops those under way; a resumed run keeps the list, and what has ended of it", async () => {
  const [failing, endless] = [fleet.gate(), fleet.gate()];
  const rows = [
    { hold: import.meta.filename, failures: 0 },
    { hold: failing.file, failures: 1 },
    { hold: endless.file, failures: 0 },
  ];
  const program =
    '{"steps": 3, "hold": "${{ item.hold }}", "fail": {"code": "DATA_EMPTY", "attempts": ${{ item.failures }}}}';
  const listed = plan([stage("list", { rows }), each(program), after]);
  const run = await fleet.launch(listed);
  await Promise.all([fleet.logged(run, "each.2", /^working/), fleet.logged(run, "each.3", /^working/)]);
  await until(run, ({ stages }) => stages.find(({ id }) => id === "each.1")?.status === "succeeded");
  failing.open();
  expect(await runFailure(run)).toMatchObject({ type: "DATA_EMPTY" });
  const state = await queryRunState(run);
  expect(statuses(state)).toEqual({
    list: "succeeded",
    "each.1": "succeeded",
    "each.2": "failed",
    "each.3": "cancelled",
    after: "skipped",
  });

  endless.open();
  const known = Object.fromEntries(state.stages.map((one) => [one.id, one]));
  const resumed = await fleet.launch({ plan: listed, stages: known });
  await runFailure(resumed);
  const [, first, second, third] = (await queryRunState(resumed)).stages;
  expect(first!.startedAtMs).toBe(state.stages[1]!.startedAtMs);
  expect(second).toMatchObject({ status: "failed", attempts: 1 });
  expect(third!.combination).toEqual({ item: rows[2], index: 2 });
});

test("a child pipeline runs once for each item, and a list of its outputs is a list again", async () => {
  const files = {
    part: {
      file: "part.yaml",
      text:
        "name: part\ninputs: { steps: { type: integer } }\nstages:\n" +
        "  a: { uses: dataset, with: { source: { text: '{\"steps\": ${{ inputs.steps }}}' }, query: none } }\n" +
        "outputs: { rows: '${{ stages.a.metrics.trainRows }}' }\n",
    },
  };
  // As earlier versions wrote it, which runs, schedules and archives still hold.
  const definition = [
    "name: parent\ninputs: { sizes: { type: array, default: [30, 31] } }\nstages:",
    "  part: { uses: pipeline, foreach: '${{ inputs.sizes }}', with: { pipeline: part, inputs: { steps: '${{ item }}' } } }",
    "  again: { uses: dataset, foreach: '${{ stages.part.outputs.rows }}', with: { source: { text: '{\"steps\": ${{ item }}1}' }, query: none } }",
    "outputs: { rows: '${{ stages.again.metrics.trainRows }}' }\n",
  ].join("\n");
  const run = await fleet.launch({ definition, files });
  expect((await run.result()).outputs).toEqual({ rows: [301, 311] });
  expect((await queryRunState(fleet.find(`${run.workflowId}.part.2`))).outputs).toEqual({ rows: 31 });
});
