import { stateOf, statuses, until, useFleet, type Run } from "./support/fleet.js";
import { plan, stage } from "./support/plans.js";

// The server asks for a new history after 60 events instead of 4,096.
const fleet = useFleet({ settings: { "limit.historyCount.suggestContinueAsNew": 60 } });

/** Run ids of the executions that a run consists of. */
async function executions(run: Run): Promise<number> {
  const ids = new Set<string>();
  const query = `WorkflowId = "${run.workflowId}"`;
  for await (const { runId } of fleet.client.workflow.list({ query })) ids.add(runId);
  return ids.size;
}

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
  expect(await executions(run)).toBeGreaterThan(1);
  // Nothing was run twice.
  for (const { id } of stages)
    expect((await fleet.log(run, id)).filter((line) => /started/.test(line))).toHaveLength(1);
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
  expect(await executions(run)).toBeGreaterThan(1);
  const latest = fleet.find(run.workflowId);
  await latest.executeUpdate("retry", { args: [{ stage: "p" }] });
  const result = await latest.result();
  expect(result.stages["p"]?.status).toBe("succeeded");
  expect((await stateOf(latest)).stages[0]!.attempts).toBe(2);
});
