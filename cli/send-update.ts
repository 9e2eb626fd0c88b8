import type { WorkflowHandle } from "@temporalio/client";
import { errorCodes, PawlError, type ErrorCode } from "../platform/errors.js";

/** The type with which the server fails an update that a worker received but did not process, for example while it started. */
const unprocessed = "UnprocessedUpdate";
const mostTries = 10;

type UpdateFailure = Error & { cause?: Error & { type?: string } };

/**
 * Sends an update to a run and waits for what it returns. An update that no worker has processed is sent again.
 * @throws PawlError the refusal, with the code that the workflow gave; NOT_ALLOWED if it gave none; any other error
 *   unchanged
 */
export async function sendUpdate<Returned, Argument = never>(
  handle: Pick<WorkflowHandle, "executeUpdate" | "workflowId">,
  name: string,
  argument?: Argument,
): Promise<Returned> {
  const send = (): Promise<Returned> =>
    argument === undefined
      ? handle.executeUpdate<Returned, []>(name)
      : handle.executeUpdate<Returned, [Argument]>(name, { args: [argument] });
  for (let tries = 1; ; tries++) {
    try {
      return await send();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (error.cause?.type !== unprocessed || tries === mostTries) throw refusal(error, handle.workflowId);
    }
  }
}

const isRefusal = (error: unknown): error is UpdateFailure => (error as Error).name === "WorkflowUpdateFailedError";

function refusal(error: UpdateFailure, runId: string): PawlError {
  const { message, cause } = error;
  const code = Object.hasOwn(errorCodes, cause?.type ?? "") ? (cause!.type as ErrorCode) : "NOT_ALLOWED";
  return new PawlError(code, cause?.message ?? message, { next: `pawl status ${runId}` }, { cause: error });
}
