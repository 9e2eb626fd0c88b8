import type { Client, WorkflowExecutionDescription } from "@temporalio/client";
import { nearest } from "../expressions/nearest.js";
import { PawlError } from "../schemas/errors.js";
import { workflowType } from "../schemas/run.js";

/** What the server knows of a run. Throws PawlError RUN_NOT_FOUND with the nearest name. */
export async function describeRun(client: Client, runId: string): Promise<WorkflowExecutionDescription> {
  try {
    return await client.workflow.getHandle(runId).describe();
  } catch (error) {
    if ((error as Error).name === "WorkflowNotFoundError") throw runNotFound(runId, await recentRunIds(client));
    throw error;
  }
}

/** The error for a run that nobody knows. */
export function runNotFound(runId: string, known: string[]): PawlError {
  const guess = nearest(runId, known) ?? known.find((id) => id.startsWith(`${runId}-`));
  return new PawlError("RUN_NOT_FOUND", `there is no run ${runId}`, {
    next: guess === undefined ? "pawl list" : `did you mean ${guess}? (all runs: pawl list)`,
  });
}

async function recentRunIds(client: Client): Promise<string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: `WorkflowType = '${workflowType}'` })) {
    ids.push(workflowId);
    if (ids.length >= 200) break;
  }
  return ids;
}
