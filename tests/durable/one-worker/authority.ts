import { existsSync } from "node:fs";
import path from "node:path";
import type { Plan } from "../../../schemas/plan.js";
import { stageQueue, taskQueues, workflowType, type RunRequest, type StageRequest } from "../../../schemas/run.js";
import { findPlan, findRecord } from "../../../store/records/runs.js";
import { storeId } from "../../../store/ownership/identity.js";
import { planDigest } from "../../../worker/authority/plans.js";
import { signRequest } from "../../../worker/authority/requests.js";
import { runFailure, queryRunState, type Run } from "../support/fleet.js";
import { Intruder } from "../support/intruder.js";
import { plansFrom, stage } from "../support/plans.js";
import { fleet } from "./fleet.js";

const plan = plansFrom(1000);

/**
 * What a client of the server tries that has no key: whatever it sends, no worker runs its code,
 * and no run in the store changes. docs/concepts/security.md names these tests.
 */
const intruder = new Intruder(fleet);
const owned = (): string => path.join(fleet.directory, "owned");
/** A stage that shows that it ran. */
const evil = () => stage("evil", {}, { uses: "command", with: { run: ["touch", owned()] } });
const notOwned = () => expect(existsSync(owned())).toBe(false);

const start = (workflowId: string, request: RunRequest, options: object = {}): Promise<Run> =>
  fleet.client.workflow.start(workflowType, {
    ...{ taskQueue: taskQueues.cpu, workflowId, args: [request] },
    ...options,
  }) as Promise<Run>;

/** A run of the owner's, which may run code, and has ended. */
async function ended(
  workflowId: string,
  ...more: ReturnType<typeof stage>[]
): Promise<{ run: Run; record: object; plan: Plan }> {
  const own = plan([stage("a", { steps: 2 }), stage("b", { steps: 3 }, { needs: ["a"] }), ...more]);
  const run = await start(workflowId, signRequest(fleet.home, workflowId, { plan: own }));
  await run.result().catch(() => undefined);
  return { run, record: (await findRecord(fleet.home, workflowId))!, plan: (await findPlan(fleet.home, workflowId))! };
}

/** The requests of the attempts that a run's history holds. */
async function requestsIn(run: Run): Promise<StageRequest[]> {
  const { events } = await run.fetchHistory();
  return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    (scheduled?.input?.payloads ?? []).map(({ data }) => JSON.parse(String(Buffer.from(data!))) as StageRequest),
  );
}

const cpuQueue = async () => stageQueue(false, await storeId(fleet.home));

test("no history of a run holds a grant or a signature of the owner's key over more than one attempt", async () => {
  const { run, plan: sealed } = await ended("history");
  expect(sealed.grant).toBeDefined();
  const { events } = await run.fetchHistory();
  const text = JSON.stringify(events, (_, value: unknown) =>
    value instanceof Uint8Array || Buffer.isBuffer(value) ? String(Buffer.from(value)) : value,
  );
  expect(text).not.toContain(sealed.grant!.signature);
  const requests = await requestsIn(run);
  expect(requests.map(({ stage: id, ticket }) => [id, typeof ticket])).toEqual([
    ["a", "string"],
    ["b", "string"],
  ]);
});

test.each([
  ["a cron schedule", { cronSchedule: "@every 1s" }, /pawl schedule/],
  ["a retry policy", { retry: { maximumAttempts: 3 } }, /pawl resume/],
])(
  "a run with %s of Temporal's is refused: its second execution would bring its own plan",
  async (name, options, next) => {
    const id = name.replaceAll(" ", "-");
    const run = await start(id, { plan: plan([evil()]), stages: {} }, options);
    const { firstExecutionRunId } = run as unknown as { firstExecutionRunId: string };
    const first = fleet.client.workflow.getHandle(id, firstExecutionRunId, { followRuns: false });
    await first.result().catch(() => undefined);
    const { events } = await first.fetchHistory();
    const end = events!.at(-1)!;
    const ended = end.workflowExecutionFailedEventAttributes ?? end.workflowExecutionContinuedAsNewEventAttributes;
    expect(ended!.failure).toMatchObject({
      message: expect.stringMatching(next),
      applicationFailureInfo: { type: "NOT_ALLOWED" },
    });
    await fleet
      .find(id)
      .terminate()
      .catch(() => undefined);
    expect(await findPlan(fleet.home, id)).toBeUndefined();
    notOwned();
  },
);

test("a worker refuses an attempt that came without a ticket, with another's, or with its own again", async () => {
  const { run } = await ended("copied");
  const [copied] = await requestsIn(run);
  const queue = await cpuQueue();
  const attempts: [string, StageRequest][] = [
    ["command", { ...copied!, uses: "command", with: { run: ["touch", owned()] } }],
    ["command", { ...copied!, uses: "command", with: { run: ["touch", owned()] }, mayRunCode: true }],
    ["dataset", copied!],
    ["dataset", { ...copied!, attempt: 2 }],
  ];
  for (const [type, request] of attempts)
    expect(await intruder.scheduleActivity("copied", type, queue, request)).toMatch(/^TICKET_INVALID/);
  for (const request of [null, 5, {}, { runId: "copied" }])
    expect(await intruder.scheduleActivity("copied", "command", queue, request)).toMatch(/^TICKET_INVALID/);
  notOwned();
});

test("nobody serves the bookkeeping of runs to other workflows: it is for local activities only", async () => {
  const names = ["loadPlan", "prepare", "runBrief"];
  const ends = await Promise.all(
    names.map((name) => intruder.scheduleActivity(`books-${name}`, name, taskQueues.cpu, {})),
  );
  for (const end of ends) expect(end).toMatch(/^timeout/);
});

test("a start under the id of a run that has ended is refused, and the run stays as it was", async () => {
  const { record, plan: sealed } = await ended("taken");
  for (const request of [
    { plan: plan([evil()]) },
    { plan: { ...plan([evil()]), grant: sealed.grant! } },
    { definition: "name: other\nstages:\n  a: { uses: dataset, with: { source: { text: x } } }\n" },
    { planDigest: planDigest(sealed) },
    { plan: sealed },
    { planDigest: planDigest(sealed), parent: { run: "above", stage: "taken" } },
  ]) {
    expect(await runFailure(await start("taken", request))).toMatchObject({ type: "NOT_ALLOWED" });
    expect(await findRecord(fleet.home, "taken")).toEqual(record);
    expect(await findPlan(fleet.home, "taken")).toEqual(sealed);
  }
  notOwned();
});

test("a resume that claims other results and choices runs the plan of the store with what that has", async () => {
  const failing = stage("c", { fail: { code: "DATA_EMPTY", attempts: 9 } }, { needs: ["b"] });
  const { plan: sealed, run } = await ended("claimed", failing);
  const states = Object.fromEntries((await queryRunState(run)).stages.map((one) => [one.id, one]));
  const forged = { ...states["b"]!, metrics: { trainRows: 99 }, changes: [{ source: { text: "{}" } }] };
  const resumed = await start("claimed", { planDigest: planDigest(sealed), stages: { ...states, b: forged } });
  expect(await runFailure(resumed)).toMatchObject({ type: "DATA_EMPTY" });
  const state = await queryRunState(resumed);
  expect(state.stages[1]).toMatchObject({ status: states["b"]!.status, metrics: { trainRows: 3 } });
  expect(state.stages[1]!.changes).toBeUndefined();
});

describe("a worker of somebody else's on the queue of the runs", () => {
  test("records a plan that no worker has loaded: nothing of it runs, and the run in the store stays", async () => {
    const { record, plan: sealed } = await ended("forged");
    const marker = await intruder.marker("forged", "loadPlan");
    await fleet.supervisor.stop();
    const run = await start("forged", { plan: plan([evil()]) });
    await intruder.forgeFirstTask(taskQueues.cpu, marker, {
      plan: { ...plan([evil()]), grant: sealed.grant },
      stages: {},
    });
    await fleet.startWorkers();
    expect(await runFailure(run)).toMatchObject({
      message: expect.stringContaining("not what the run was allowed to run"),
    });
    expect(await findRecord(fleet.home, "forged")).toEqual(record);
    notOwned();
  });

  const evilState = { id: "evil", uses: "command", status: "queued", attempts: 0, outputs: {}, metrics: {} };
  test.each([
    ["a plan of its own", { plan: plan([evil()]), stages: { evil: evilState } }, "NOT_ALLOWED"],
    ["a plan without states", { plan: plan([evil()]), stages: {} }, "CODE_NOT_ALLOWED"],
    ["what is no plan", { plan: 5, stages: 5 }, "INPUT_INVALID"],
  ])("continues a run with %s: it is refused", async (name, input, type) => {
    const id = `continued with ${name}`;
    await fleet.supervisor.stop();
    const run = await start(id, { plan: plan([stage("a", {})]) });
    await intruder.forgeContinuation(taskQueues.cpu, workflowType, input);
    await fleet.startWorkers();
    expect(await runFailure(run)).toMatchObject({ type });
    notOwned();
  });
});
