import type { Client } from "@temporalio/client";
import { setTimeout as sleep } from "node:timers/promises";

/** Time between two checks for a completed workflow task, ms, and their maximum number. */
const lookEveryMs = 100;
const maxLooks = 100;

/** Executions that are being given back: each stage that is prepared asks for it. */
const handedBack = new Set<string>();

/**
 * Gives a workflow back that another store's worker has to continue: without this, the server would
 * hand its next tasks to this process, which remembers it. It waits until the task under way has
 * been completed, since that would bind it here again. Never rejects: at worst the workflow returns
 * here and is given back again.
 */
export async function handBack(client: Client, execution: { workflowId: string; runId: string }): Promise<void> {
  const { workflowService, options } = client;
  const { namespace } = options;
  const { runId } = execution;
  if (handedBack.has(runId)) return;
  handedBack.add(runId);
  try {
    for (let looks = 0; looks < maxLooks; looks++) {
      await sleep(lookEveryMs, undefined, { ref: false });
      const { pendingWorkflowTask } = await workflowService.describeWorkflowExecution({ namespace, execution });
      if (pendingWorkflowTask) continue;
      await workflowService.resetStickyTaskQueue({ namespace, execution });
      return;
    }
  } catch {
    // The server is away, or the workflow has ended.
  } finally {
    handedBack.delete(runId);
  }
}
