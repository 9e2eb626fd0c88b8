import type { WorkflowStartOptions } from "@temporalio/client";
import { PawlError } from "../../platform/errors.js";
import { taskQueues, workflowType, type RunRequest } from "../../schemas/run.js";
import { signRequest } from "../../worker/authority/requests.js";
import type { Server } from "../servers/server.js";

/**
 * Starts a run under an id that no other run has, signed with the key of PAWL_HOME.
 * @param priority see `priorities`; absent: the usual one
 * @throws PawlError NOT_ALLOWED if the id is taken; errors of the connection
 */
export function startRun(
  server: Server,
  home: string,
  runId: string,
  request: RunRequest,
  priority?: number,
): Promise<void> {
  return startUnsigned(server, runId, signRequest(home, runId, request), priority);
}

/**
 * Starts a run for somebody who may not use the key of PAWL_HOME: workers refuse code that comes
 * with its request.
 * @throws as `startRun`
 */
export async function startUnsigned(
  { client }: Server,
  runId: string,
  request: RunRequest,
  priority?: number,
): Promise<void> {
  try {
    await client.workflow.start(workflowType, {
      workflowId: runId,
      taskQueue: taskQueues.cpu,
      args: [request],
      ...prioritized(priority),
      workflowIdReusePolicy: "REJECT_DUPLICATE",
    });
  } catch (error) {
    if ((error as Error).name !== "WorkflowExecutionAlreadyStartedError") throw error;
    const next = `choose another --id, or resume it: pawl resume ${runId}`;
    throw new PawlError("NOT_ALLOWED", `run ${runId} already exists`, { next }, { cause: error });
  }
}

/** The options of a workflow's start for a priority: its stages and its children inherit it. */
export const prioritized = (priority: number | undefined): Pick<WorkflowStartOptions, "priority"> =>
  priority === undefined ? {} : { priority: { priorityKey: priority } };
