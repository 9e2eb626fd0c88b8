import { errorCodes, PawlError, type ErrorCode } from "../platform/errors.js";

/** An update that the workflow refused, with the code that it gave; any other error comes back unchanged. */
export function asRefusal(error: unknown, runId: string): unknown {
  if ((error as Error).name !== "WorkflowUpdateFailedError") return error;
  const { message, cause } = error as Error & { cause?: Error & { type?: string } };
  const code = Object.hasOwn(errorCodes, cause?.type ?? "") ? (cause!.type as ErrorCode) : "NOT_ALLOWED";
  return new PawlError(code, cause?.message ?? message, { next: `pawl status ${runId}` }, { cause: error });
}
