import type { Client } from "@temporalio/client";
import { resumeRun } from "../../../api/acting/resume-run.js";
import { forkRequest, forkedRun, compileFork } from "../../../api/forking/fork-run.js";
import type { Server } from "../../../api/servers/server.js";
import type { Plan } from "../../../schemas/plan.js";
import type { RunRequest, RunState, StageState } from "../../../schemas/run.js";
import { findPlan } from "../../../store/records/runs.js";
import { planDigest } from "../../../worker/authority/plans.js";
import { signReceipt } from "../../../worker/authority/receipts.js";
import { isSigned, signRequest } from "../../../worker/authority/requests.js";
import { loadPlan } from "../../../worker/bookkeeping/load-plan.js";
import { useDirectory } from "../../support/directory.js";

/** A worker of somebody else's may answer the query of a run, and say anything. */
const home = useDirectory();
const runId = "run";
const definition = "name: one\nstages:\n  a: { uses: dataset, with: { source: { text: hello } } }\n";
const evil = { judge: { kind: "module", path: "modules/evil.mjs" } };

async function begun(): Promise<Plan> {
  const request = signRequest(home(), runId, { definition, project: home() });
  await loadPlan({ home: home(), workingDirectory: home() }, runId, request, "execution");
  return (await findPlan(home(), runId))!;
}

const forged = (plan: Plan): RunState => ({
  ...{ pipeline: "one", status: "failed", outputs: {} },
  plan: { ...plan, stages: [{ ...plan.stages[0]!, uses: "command", with: { run: ["id"] } }] },
  stages: [
    {
      ...{ id: "a", uses: "dataset", status: "succeeded", attempts: 1, outputs: {}, metrics: { trainRows: 5 } },
      ...{ receipt: "0".repeat(64), changes: [evil], changesGrant: "0".repeat(64) },
    },
  ],
});

/** A client of a server on which the run has failed, and whose query is answered so. */
function client(state: RunState): { client: Client; started: RunRequest[] } {
  const started: RunRequest[] = [];
  const described = { status: { name: "FAILED" }, startTime: new Date(), raw: {} };
  const handle = {
    describe: () => Promise.resolve(described),
    query: () => Promise.resolve(state),
    result: () => Promise.reject(Object.assign(new Error("failed"), { cause: undefined })),
  };
  const workflow = {
    getHandle: () => ({ ...handle, result: () => Promise.resolve(undefined) }),
    start: (_type: string, { args }: { args: [RunRequest] }) => Promise.resolve(void started.push(args[0])),
  };
  const withDeadline = (_deadline: number, work: () => unknown): unknown => work();
  return { client: { workflow, withDeadline } as unknown as Client, started };
}

test("`pawl resume` signs nothing that a query answered, and the worker believes nothing of it", async () => {
  const plan = await begun();
  const { client: asked, started } = client(forged(plan));
  await resumeRun(asked, home(), runId);
  const [request] = started;
  expect(request).toMatchObject({ planDigest: planDigest(plan) });
  expect(request!.signature).toBeUndefined();
  expect(request!.plan).toBeUndefined();
  const place = { home: home(), workingDirectory: home() };
  const resumed = await loadPlan(place, runId, request, "another execution");
  expect(resumed.plan.stages[0]).toMatchObject({ uses: "dataset" });
  const a: StageState = { id: "a", uses: "dataset", status: "queued", attempts: 0, outputs: {}, metrics: {} };
  expect(resumed.stages).toEqual({ a });
});

test("`pawl fork` signs no change of a finished stage that no worker has accepted", async () => {
  const plan = await begun();
  const result = { id: "a", uses: "dataset" as const, outputs: {}, metrics: { trainRows: 1 } };
  const receipt = signReceipt(home(), { runId, digest: planDigest(plan) }, result);
  const state: StageState = { ...result, status: "succeeded", attempts: 1, receipt, changes: [evil] };
  const { client: asked } = client({ ...forged(plan), stages: [state] });
  const run = await forkedRun({ client: asked } as Server, home(), runId);
  expect(run.stages).toMatchObject([{ status: "succeeded", metrics: { trainRows: 1 } }]);
  expect(run.stages[0]!.changes).toBeUndefined();
  expect((await compileFork(run, { set: [], inputs: () => ({}) })).definition).toBe(definition);
});

test("`pawl fork` takes over, and signs, only what it can verify", async () => {
  const plan = await begun();
  const { client: asked } = client(forged(plan));
  const run = await forkedRun({ client: asked } as Server, home(), runId);
  expect(run.stages).toMatchObject([{ id: "a", status: "queued", metrics: {} }]);
  const fork = await compileFork(run, { set: [], inputs: () => ({}) });
  const request = signRequest(home(), "fork", await forkRequest(home(), fork, undefined));
  expect(isSigned(home(), "fork", request)).toBe(true);
  expect(request.definition).toBe(definition);
  expect(request.stages).toEqual({});
});
