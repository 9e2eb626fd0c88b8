import type { WorkflowHandle } from "@temporalio/client";
import { errorCodes, PawlError, type ErrorCode } from "../../platform/errors.js";

type UpdateFailure = Error & { cause?: Error & { type?: string } };

/**
 * Sends an update to a run and waits for what it returns.
 * @throws PawlError the refusal, with the code that the workflow gave; NOT_ALLOWED if it gave none,
 *   or if the run has ended; any other error unchanged
 */
export async function sendUpdate<Returned, Argument = never>(
  handle: Pick<WorkflowHandle, "executeUpdate" | "workflowId">,
  name: string,
  argument?: Argument,
): Promise<Returned> {
  try {
    if (argument === undefined) return await handle.executeUpdate<Returned, []>(name);
    return await handle.executeUpdate<Returned, [Argument]>(name, { args: [argument] });
  } catch (error) {
    if (isRefusal(error)) throw refusal(error, handle.workflowId);
    if ((error as Error).name === "WorkflowNotFoundError") throw ended(handle.workflowId, error);
    throw error;
  }
}

const isRefusal = (error: unknown): error is UpdateFailure => (error as Error).name === "WorkflowUpdateFailedError";

function refusal(error: UpdateFailure, runId: string): PawlError {
  const { message, cause } = error;
  const code = Object.hasOwn(errorCodes, cause?.type ?? "") ? (cause!.type as ErrorCode) : "NOT_ALLOWED";
  return new PawlError(code, cause?.message ?? message, { next: `pawl status ${runId}` }, { cause: error });
}

/** For a run that the caller has just seen: another answer may have ended it. */
const ended = (runId: string, cause: unknown): PawlError =>
  new PawlError("NOT_ALLOWED", `run ${runId} has already ended`, { next: `pawl status ${runId}` }, { cause });
