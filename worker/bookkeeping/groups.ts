import type { Client } from "@temporalio/client";
import { PawlError } from "../../platform/errors.js";
import { groupId, groupSignals, groupType, type GroupMember, type JoinRequest } from "../../schemas/concurrency.js";
import { taskQueues } from "../../schemas/run.js";

/**
 * Requests a place in a concurrency group. Repeated requests change nothing.
 * @throws PawlError SERVER_UNREACHABLE
 */
export async function joinGroup(client: Client, { group, member }: JoinRequest): Promise<void> {
  await requestGroup(() =>
    client.workflow.signalWithStart(groupType, {
      workflowId: groupId(group),
      taskQueue: taskQueues.cpu,
      args: [{ group, holders: [], waiting: [] }],
      signal: groupSignals.join,
      signalArgs: [member],
    }),
  );
}

/**
 * For each member of a group, whether its run is no longer under way.
 * @throws PawlError SERVER_UNREACHABLE
 */
export async function haveEnded(client: Client, members: readonly GroupMember[]): Promise<boolean[]> {
  const ended: boolean[] = [];
  for (const member of members) ended.push(await requestGroup(() => hasEnded(client, member)));
  return ended;
}

async function hasEnded(client: Client, { runId, execution }: GroupMember): Promise<boolean> {
  try {
    const { status, raw } = await client.workflow.getHandle(runId).describe();
    return status.name !== "RUNNING" || raw.workflowExecutionInfo?.firstRunId !== execution;
  } catch (error) {
    if ((error as Error).name === "WorkflowNotFoundError") return true;
    throw error;
  }
}

async function requestGroup<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw new PawlError(
      "SERVER_UNREACHABLE",
      `the server did not answer: ${(error as Error).message}`,
      { next: "nothing, if a later attempt succeeds" },
      { cause: error },
    );
  }
}
