import type { Client, WorkflowExecutionInfo } from "@temporalio/client";
import { msToTs } from "@temporalio/common/lib/time.js";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { approvalUpdate, type ApprovalUpdate } from "../../../schemas/approvals.js";
import { pause } from "../../../platform/processes/pause.js";
import { connectToRunning } from "../../../worker/server/connection.js";
import { hasSearchAttributes, registerCommand } from "../../../worker/bookkeeping/search-attributes.js";
import { until, type Run } from "../support/fleet.js";
import { plansFrom, stage } from "../support/plans.js";
import { fleet } from "./fleet.js";

const plan = plansFrom(7000);

async function find(client: Client, query: string): Promise<WorkflowExecutionInfo[]> {
  const found: WorkflowExecutionInfo[] = [];
  for await (const one of client.workflow.list({ query })) found.push(one);
  return found;
}

/**
 * Waits until the server's list, which follows the runs a moment later, finds exactly these runs.
 */
async function finds(query: string, runs: readonly Run[]): Promise<WorkflowExecutionInfo[]> {
  for (;;) {
    const found = await find(fleet.client, query);
    const ids = found.map(({ workflowId }) => workflowId).sort();
    if (String(ids) === String(runs.map(({ workflowId }) => workflowId).sort())) return found;
    await pause(50);
  }
}

const ofBoth = "PawlPipeline IN ('listed', 'other')";
const asking = (name: string) =>
  plan(
    [
      stage("ask", {}, { uses: "approve", with: { message: "Release?", form: {}, approvers: [] } }),
      stage("bad", { fail: { code: "DATA_EMPTY", attempts: 1 } }, { onFailure: "park" }),
    ],
    { name },
  );

test("the server's own list finds a run by what it waits for, until that has come, and by its status", async () => {
  const run = await fleet.launch(asking("listed"));
  const other = await fleet.launch(asking("other"));
  for (const one of [run, other])
    await until(one, ({ stages }) => stages.every(({ status }) => /parked|waiting/.test(status)));
  const waits = "PawlStatus = 'parked' AND PawlWaitsFor = 'approval' AND PawlWaitsFor = 'action'";
  const [found] = await finds(`PawlPipeline = 'listed' AND ${waits}`, [run]);
  expect(found!.memo).toEqual({ pipeline: "listed", status: "parked", waitsFor: ["ask: approval", "bad: action"] });
  await finds(`${ofBoth} AND PawlWaitsFor = 'approval' AND PawlStatus = 'parked'`, [run, other]);
  await finds(`${ofBoth} AND PawlWaitsFor = 'action'`, [run, other]);

  await run.executeUpdate<unknown, [ApprovalUpdate]>(approvalUpdate, {
    args: [{ stage: "ask", approved: true, by: "reviewer" }],
  });
  await finds(`${ofBoth} AND PawlWaitsFor = 'approval'`, [other]);
  await run.executeUpdate("retry", { args: [{ stage: "bad" }] });
  await run.result();
  const [ended] = await finds("PawlStatus = 'succeeded' AND PawlPipeline = 'listed' AND PawlWaitsFor IS NULL", [run]);
  expect(ended!.memo).toEqual({ pipeline: "listed", status: "succeeded" });
  await other.cancel();
  await finds(`${ofBoth} AND PawlStatus = 'cancelled'`, [other]);
});

test("a run waits for a place in its group; the list finds it, and no longer once it has the place", async () => {
  const gate = fleet.gate();
  const concurrency = { group: "listing", limit: 1, onLimit: "queue" as const };
  const first = await fleet.launch(plan([stage("a", { hold: gate.file })], { name: "first", concurrency }));
  await until(first, ({ stages }) => stages[0]?.status === "running");
  const second = await fleet.launch(plan([stage("a", {})], { name: "second", concurrency }));
  await finds("PawlPipeline = 'second' AND PawlWaitsFor = 'place' AND PawlStatus = 'waiting'", [second]);
  gate.open();
  await finds("PawlPipeline = 'second' AND PawlWaitsFor = 'place'", []);
  await Promise.all([first.result(), second.result()]);
});

test("a namespace without the search attributes runs a pipeline as well, with a memo; the log names the command, once", async () => {
  const server = { ...fleet.server, namespace: `plain-${randomUUID()}` };
  await fleet.client.workflowService.registerNamespace({
    namespace: server.namespace,
    workflowExecutionRetentionPeriod: msToTs("1 day"),
  });
  const client = await connectToRunning(server);
  while (!(await isThere(client))) await pause(50);
  expect(await hasSearchAttributes(client)).toBe(false);
  expect(registerCommand).toBe(
    "temporal operator search-attribute create --name PawlPipeline --type Keyword --name PawlStatus --type Keyword --name PawlWaitsFor --type KeywordList",
  );
  const other = await fleet.startOtherStore(server);
  const [workflowId, second] = [randomUUID(), randomUUID()];
  const options = { taskQueue: "pawl", args: [{ plan: plan([stage("a", {})]) }] };
  await client.workflow.execute("pipeline", { ...options, workflowId });
  await client.workflow.execute("pipeline", { ...options, workflowId: second });
  const { memo } = await client.workflow.getHandle(workflowId).describe();
  expect(memo).toEqual({ pipeline: "test", status: "succeeded" });
  await other.supervisor.stop();
  const logs = path.join(other.home, "workers");
  const logged = readdirSync(logs).map((name) => readFileSync(path.join(logs, name), "utf8"));
  expect(logged.join("").split(registerCommand)).toHaveLength(2);
  await client.connection.close();
});

/** Whether a namespace that was just registered is known to all parts of the server. */
async function isThere(client: Client): Promise<boolean> {
  try {
    await client.workflow.count("WorkflowType = 'pipeline'");
    return true;
  } catch {
    return false;
  }
}
