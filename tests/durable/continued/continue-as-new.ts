import { groupId } from "../../../schemas/concurrency.js";
import { runFailure, hasContinued, queryRunState, statuses, until } from "../support/fleet.js";
import { plansFrom, stage } from "../support/plans.js";
import { fleet } from "./fleet.js";

const plan = plansFrom(1000);

test("a long run continues as new and keeps the state of its stages", async () => {
  const stages = Array.from({ length: 20 }, (_, i) =>
    stage(`s${i}`, { steps: 1 + i }, { needs: i === 0 ? [] : [`s${i - 1}`] }),
  );
  const run = await fleet.launch(
    plan([stage("odd", { fail: { code: "DATA_EMPTY", attempts: 9 } }, { onFailure: "continue" }), ...stages], {
      outputs: { first: "${{ stages.s0.metrics.trainRows }}", last: "${{ stages.s19.metrics.trainRows }}" },
    }),
  );
  const result = await run.result();
  expect(result.outputs).toEqual({ first: 1, last: 20 });
  expect(result.stages["odd"]?.status).toBe("failed");
  expect(await hasContinued(run)).toBe(true);
  // Nothing was run twice.
  for (const { id } of stages)
    expect((await fleet.log(run, id)).filter((line) => /started/.test(line))).toHaveLength(1);
});

test("a run keeps the items of its lists", async () => {
  const rows = Array.from({ length: 14 }, (_, i) => ({ steps: 60 + i }));
  const each = stage(
    "each",
    {},
    {
      needs: ["list"],
      with: { source: { text: '{"steps": ${{ item.steps }}}' }, query: "none" },
      foreach: { items: "${{ stages.list.outputs.train }}", maxItems: 20, maxParallel: 1, failFast: true },
    },
  );
  const run = await fleet.launch(
    plan([stage("list", { rows }), each], { outputs: { all: "${{ stages.each.metrics.trainRows }}" } }),
  );
  expect((await run.result()).outputs).toEqual({ all: rows.map((row) => row.steps) });
  expect(await hasContinued(run)).toBe(true);
  for (const i of rows.keys())
    expect((await fleet.log(run, `each.${i + 1}`)).filter((line) => /started/.test(line))).toHaveLength(1);
});

test("a parked stage is still parked afterwards, and can be answered", async () => {
  const parked = stage("p", { fail: { code: "DATA_EMPTY", attempts: 1 } }, { onFailure: "park" });
  const gate = fleet.gate();
  const rest = Array.from({ length: 12 }, (_, i) =>
    stage(
      `t${i}`,
      { steps: 2, stepMs: i, ...(i === 0 ? { hold: gate.file } : {}) },
      { needs: i === 0 ? [] : [`t${i - 1}`] },
    ),
  );
  const run = await fleet.launch(plan([parked, ...rest], { seed: 2 }));
  await until(run, ({ stages }) => stages[0]?.status === "parked");
  gate.open();
  await until(run, (state) => state.status === "parked" && statuses(state)["t11"] === "succeeded");
  expect(await hasContinued(run)).toBe(true);
  const latest = fleet.find(run.workflowId);
  await latest.executeUpdate("retry", { args: [{ stage: "p" }] });
  const result = await latest.result();
  expect(result.stages["p"]?.status).toBe("succeeded");
  expect((await queryRunState(latest)).stages[0]!.attempts).toBe(2);
});

test("a run keeps its place in its concurrency group", async () => {
  const [gate, next] = [fleet.gate(), fleet.gate()];
  const concurrency = { group: "long", limit: 1, onLimit: "queue" } as const;
  const before = Array.from({ length: 12 }, (_, i) =>
    stage(`c${i}`, { steps: 30 + i }, { needs: i === 0 ? [] : [`c${i - 1}`] }),
  );
  const holds = stage("holds", { hold: gate.file }, { needs: ["c11"] });
  const run = await fleet.launch(plan([...before, holds], { concurrency }));
  await until(run, (state) => statuses(state)["c0"] !== "queued" && state.queue === undefined);
  const waiting = await fleet.launch(plan([stage("w", { hold: next.file })], { concurrency }));
  await until(waiting, ({ queue }) => queue !== undefined);
  await until(run, (state) => statuses(state)["holds"] === "running");
  expect(await hasContinued(run)).toBe(true);
  // Each makes the group look whether its runs are still under way; the group continues as new,
  // too.
  for (let i = 0; i < 10; i++) {
    const refused = await fleet.launch(plan([stage("r", {})], { concurrency: { ...concurrency, onLimit: "fail" } }));
    expect(await runFailure(refused)).toMatchObject({
      type: "CONCURRENCY_LIMIT",
      message: expect.stringContaining(`${run.workflowId}, ${waiting.workflowId}`),
    });
  }
  expect(await hasContinued(fleet.find(groupId(concurrency.group)))).toBe(true);
  gate.open();
  await run.result();
  await until(waiting, (state) => statuses(state)["w"] === "running");
  next.open();
  await waiting.result();
});
