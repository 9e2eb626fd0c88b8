import { PawlError } from "../platform/errors.js";
import { taskQueues, workflowType, type RunRequest } from "../schemas/run.js";
import { signRequest } from "../worker/grant.js";
import type { Server } from "./server.js";

/**
 * Starts a run under an id that no other run has, signed with the key of PAWL_HOME.
 * @throws PawlError NOT_ALLOWED if the id is taken; errors of the connection
 */
export async function startRun({ client }: Server, home: string, runId: string, request: RunRequest): Promise<void> {
  try {
    await client.workflow.start(workflowType, {
      workflowId: runId,
      taskQueue: taskQueues.cpu,
      args: [signRequest(home, runId, request)],
      workflowIdReusePolicy: "REJECT_DUPLICATE",
    });
  } catch (error) {
    if ((error as Error).name !== "WorkflowExecutionAlreadyStartedError") throw error;
    const next = `choose another --id, or resume it: pawl resume ${runId}`;
    throw new PawlError("NOT_ALLOWED", `run ${runId} already exists`, { next }, { cause: error });
  }
}
