import { randomUUID } from "node:crypto";
import { groupId, groupSignals, groupType } from "../../../schemas/concurrency.js";
import { childSignal, pauseSignal, taskQueues, workflowType } from "../../../schemas/run.js";
import { runFailure, queryRunState, until, type Run } from "../support/fleet.js";
import { plansFrom, stage } from "../support/plans.js";
import { fleet } from "./fleet.js";

const plan = plansFrom(9000);

/** Arguments as anybody who reaches the server can send them. */
const odd: unknown[][] = [[], [null], [7], ["x"], [[]], [{}], [{ runId: "", place: 1, stage: {}, sinceMs: "x" }]];

/** What no workflow can read: an encoding that it does not know, and JSON that is none. */
const unreadable = ["binary/odd", "json/plain"].map((encoding) => ({
  payloads: [{ metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from("{") }],
}));

async function signalAll(workflowId: string, names: string[]): Promise<void> {
  const { workflowService, options } = fleet.client;
  const [workflowExecution, namespace] = [{ workflowId }, options.namespace];
  for (const signalName of names) {
    for (const args of odd) await fleet.find(workflowId).signal(signalName, ...args);
    for (const input of unreadable)
      await workflowService.signalWorkflowExecution({ namespace, workflowExecution, signalName, input });
  }
}

/** Types of the events in a history that say how a workflow task has ended. */
const [completed, failed, signaled] = [7, 9, 26];

interface Page {
  nextPageToken?: Uint8Array | null;
  history?: { events?: { eventType?: number | null }[] | null } | null;
}

/** Waits until the last signal of a run has been handled. @throws if a workflow task fails */
async function handled({ workflowId, client: { workflowService, options } }: Run): Promise<void> {
  let token: Uint8Array | null = null;
  let isOpen = true;
  do {
    const execution = { workflowId };
    const next = { namespace: options.namespace, execution, nextPageToken: token, waitNewEvent: true };
    const page: Page = await workflowService.getWorkflowExecutionHistory(next);
    for (const { eventType } of page.history?.events ?? []) {
      if (eventType === failed) throw new Error("a workflow task has failed");
      if (eventType === signaled) isOpen = true;
      else if (eventType === completed) isOpen = false;
    }
    token = page.nextPageToken ?? null;
  } while (isOpen);
}

test("signals that are none of the kind change neither a run nor its group", async () => {
  const group = randomUUID();
  const gate = fleet.gate();
  const launch = (hold?: string) =>
    fleet.launch(plan([stage("a", hold ? { hold } : {})], { concurrency: { group, limit: 1, onLimit: "queue" } }));
  const first = await launch(gate.file);
  await until(first, ({ stages }) => stages[0]!.status === "running");
  const second = await launch();
  await until(second, ({ queue }) => queue !== undefined);
  await signalAll(groupId(group), [groupSignals.join, groupSignals.leave]);
  for (const { workflowId } of [first, second])
    await signalAll(workflowId, [groupSignals.answer, childSignal, pauseSignal]);
  for (const run of [first, second, fleet.find(groupId(group))]) await handled(run);
  expect(await queryRunState(second)).toMatchObject({ status: "waiting", queue: { behind: [first.workflowId] } });
  gate.open();
  expect((await first.result()).stages["a"]!.status).toBe("succeeded");
  expect((await second.result()).stages["a"]!.status).toBe("succeeded");
});

test.each([
  ...[groupType, "notification"].flatMap((type) => odd.map((args) => [type, args] as const)),
  ...odd.map((args) => [workflowType, args] as const),
])("a start of %s with %j fails by itself", async (type, args) => {
  const run = await fleet.client.workflow.start(type, {
    ...{ taskQueue: taskQueues.cpu, workflowId: randomUUID(), args },
  });
  expect((await runFailure(run as never)).type).toMatch(/^(INPUT_INVALID|NOT_ALLOWED)$/);
});

test.each([workflowType, groupType, "notification"])("so does a start of %s that cannot be read", async (name) => {
  for (const input of unreadable) {
    const workflowId = randomUUID();
    const [namespace, requestId] = [fleet.client.options.namespace, workflowId];
    await fleet.client.workflowService.startWorkflowExecution({
      ...{ namespace, workflowId, requestId, workflowType: { name }, taskQueue: { name: taskQueues.cpu }, input },
    });
    expect((await runFailure(fleet.find(workflowId))).type).toMatch(/^(INPUT_INVALID|NOT_ALLOWED)$/);
  }
});
