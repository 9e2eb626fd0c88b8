import type { Client, WorkflowExecutionDescription } from "@temporalio/client";
import { nearest } from "../../expressions/nearest.js";
import { PawlError } from "../../platform/errors.js";
import { workflowType } from "../../schemas/run.js";
import { findPlan } from "../../store/records/runs.js";

/**
 * Asks the server about a run. Returns undefined if the server never knew it or the retention
 * period has passed.
 */
export async function findExecution(client: Client, runId: string): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await client.workflow.getHandle(runId).describe();
  } catch (error) {
    if ((error as Error).name === "WorkflowNotFoundError" || isInvalid(error)) return undefined;
    throw error;
  }
}

/** gRPC's INVALID_ARGUMENT: no run can have this id, an empty or a very long one. */
function isInvalid(error: unknown): boolean {
  return (error as { cause?: { code?: unknown } }).cause?.code === 3;
}

/**
 * What the server knows about a run.
 * @throws PawlError RUN_NOT_FOUND, with the nearest name, or with what the store's record still
 *   allows
 */
export async function describeRun(client: Client, home: string, runId: string): Promise<WorkflowExecutionDescription> {
  const found = await findExecution(client, runId);
  if (found !== undefined) return found;
  if ((await findPlan(home, runId)) === undefined) throw await unknownRun(client, runId);
  throw new PawlError("RUN_NOT_FOUND", `the server does not know run ${runId} (anymore)`, {
    next: `pawl status ${runId}, pawl resume ${runId}: the store still has its record`,
  });
}

/** The error for a run that neither server nor store knows. */
export async function unknownRun(client: Client, runId: string): Promise<PawlError> {
  return runNotFound(runId, await recentRunIds(client));
}

/** The error for a run that is not among the known ones. */
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
