import type { RunState } from "../../schemas/run.js";
import { queryRunState, useFleet, type Run } from "./support/fleet.js";
import { expectToDrain, longHistories } from "./support/long-history.js";
import { plan, stage } from "./support/plans.js";

const fleet = useFleet({ settings: longHistories });

interface Page {
  history?: {
    events?: { activityTaskScheduledEventAttributes?: { activityId?: string | null } | null }[] | null;
  } | null;
  nextPageToken?: Uint8Array | null;
}

/**
 * Waits until an attempt is scheduled, by the history: the state of 200 stages is too large to be
 * asked for after each event.
 */
async function scheduled({ workflowId, client }: Run, attempt: string): Promise<void> {
  const asked = { namespace: client.options.namespace, execution: { workflowId }, waitNewEvent: true };
  let nextPageToken: Uint8Array | null = null;
  for (;;) {
    const page: Page = await client.workflowService.getWorkflowExecutionHistory({ ...asked, nextPageToken });
    const events = page.history?.events ?? [];
    if (events.some(({ activityTaskScheduledEventAttributes: one }) => one?.activityId === attempt)) return;
    if (!page.nextPageToken?.length) throw new Error(`the run has ended without ${attempt}`);
    nextPageToken = page.nextPageToken;
  }
}

test("after 16 MiB nothing is started until the run has continued as new", () => expectToDrain(fleet, 40, 450_000));

test("at most 200 stages are under way at the same time: what one workflow task starts must fit into one request", async () => {
  const { file } = fleet.gate();
  const stages = Array.from({ length: 203 }, (_, i) => stage(`s${i}`, { steps: 1 + i, hold: file }, { cache: false }));
  const run = await fleet.launch(plan(stages, { seed: 3 }));
  const count = (state: RunState, status: string) => state.stages.filter((one) => one.status === status).length;
  await scheduled(run, "s199/1");
  const state = await queryRunState(run);
  expect([count(state, "running"), count(state, "queued")]).toEqual([200, 3]);
  await run.cancel();
  await expect(run.result()).rejects.toThrow();
});
