import { randomUUID } from "node:crypto";
import { stageQueue, taskQueues, workflowType, type RunRequest } from "../../schemas/run.js";
import { storeId } from "../../store/ownership/identity.js";
import { pause } from "../../platform/processes/pause.js";
import { prioritized } from "../../api/acting/start-run.js";
import { queryRunState, useFleet, type Run } from "./support/fleet.js";
import { plan, stage, type Program } from "./support/plans.js";

// One worker process: stages of several runs wait for it.
const fleet = useFleet({
  processes: 1,
  // The server keeps what it has counted in a queue for 5 s otherwise.
  settings: { "limit.historyCount.suggestContinueAsNew": 12, "matching.TaskQueueInfoByBuildIdTTL": "1ms" },
});

/** Launches a run of one stage. */
function launch(
  program: Program,
  priority?: number,
  request: Partial<RunRequest> = {},
): Promise<Run & { firstExecutionRunId: string }> {
  return fleet.client.workflow.start(workflowType, {
    taskQueue: taskQueues.cpu,
    workflowId: randomUUID(),
    args: [{ plan: plan([stage("a", program)]), ...request }],
    ...prioritized(priority),
  });
}

/**
 * Waits until this many stages are in the queue of the store, where they come a moment after they
 * have been scheduled.
 */
async function areQueued(count: number): Promise<void> {
  const request = {
    namespace: fleet.server.namespace,
    taskQueue: { name: stageQueue(false, await storeId(fleet.home)) },
    taskQueueType: 2, // of activities
    reportStats: true,
  };
  for (;;) {
    const { stats } = await fleet.client.workflowService.describeTaskQueue(request);
    if (Number(stats?.approximateBacklogCount) >= count) return;
    await pause(20);
  }
}

test("with one worker process, a later run of a higher priority is served first", async () => {
  const [busy, first] = [fleet.gate(), fleet.gate()];
  const running = await launch({ steps: 2, hold: busy.file });
  await fleet.logged(running, "a", /^working/);
  const low = await launch({ steps: 3 }, 5);
  await areQueued(1);
  const usual = await launch({ steps: 4 });
  await areQueued(2);
  const high = await launch({ steps: 5, hold: first.file }, 1);
  await areQueued(3);
  expect(await queryRunState(high)).toMatchObject({ priority: 1 });
  expect(await queryRunState(usual)).not.toHaveProperty("priority");

  busy.open();
  await fleet.logged(high, "a", /^working/);
  expect([await fleet.log(low, "a"), await fleet.log(usual, "a")]).toEqual([[], []]);
  first.open();
  await Promise.all([low, usual, high].map((run) => run.result()));
  const started = async (run: Run): Promise<number> => {
    const { events } = await run.fetchHistory();
    const begun = events!.find(({ activityTaskStartedEventAttributes }) => activityTaskStartedEventAttributes);
    return Number(begun!.eventTime!.seconds) * 1e9 + begun!.eventTime!.nanos!;
  };
  expect(await started(usual)).toBeLessThan(await started(low));
});

test("a run keeps its priority when it continues as new, and its children have it", async () => {
  const stages = Array.from({ length: 6 }, (_, i) =>
    stage(`s${i}`, { steps: 20 + i }, { needs: i === 0 ? [] : [`s${i - 1}`] }),
  );
  const run = await launch({}, 2, { plan: plan(stages) });
  await run.result();
  const latest = fleet.find(run.workflowId);
  expect((await latest.describe()).runId).not.toBe(run.firstExecutionRunId);
  expect(await queryRunState(latest)).toMatchObject({ priority: 2 });

  const parent = await fleet.client.workflow.start(workflowType, {
    taskQueue: taskQueues.cpu,
    workflowId: randomUUID(),
    args: [
      {
        definition: "name: parent\nstages:\n  part: { uses: part.yaml }\n",
        files: {
          "part.yaml": {
            file: "part.yaml",
            text: "name: part\nstages:\n  a: { uses: dataset, with: { source: { text: x } } }\n",
          },
        },
      } satisfies RunRequest,
    ],
    ...prioritized(4),
  });
  await parent.result();
  expect(await queryRunState(fleet.find(`${parent.workflowId}.part`))).toMatchObject({ priority: 4 });
});
