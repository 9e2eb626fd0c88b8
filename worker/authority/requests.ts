import type { RunRequest } from "../../schemas/run.js";
import { isRunOfSchedule } from "../../schemas/schedules.js";
import { matches, sign } from "./sign.js";

/**
 * The variable with which an operator lets definitions from elsewhere run code of the code roots.
 */
export const allowInlineCode = "PAWL_ALLOW_INLINE_CODE";

/**
 * Signs the request of a schedule with the key of PAWL_HOME. The ids of its runs are not known yet:
 * the signature is valid for every run that a schedule of this name starts.
 */
export function signSchedule(home: string, schedule: string, request: RunRequest): RunRequest {
  const content = { ...request, schedule };
  return { ...content, signature: sign(home, "schedule", schedule, unsigned(content)) };
}

/** Signs a run's request with the key of PAWL_HOME. */
export function signRequest(home: string, runId: string, request: RunRequest): RunRequest {
  return { ...request, signature: sign(home, "request", runId, unsigned(request)) };
}

/** Whether a request has a valid signature for this run. */
export function isSigned(home: string, runId: string, request: RunRequest): boolean {
  const { schedule } = request;
  if (schedule === undefined) return matches(sign(home, "request", runId, unsigned(request)), request.signature);
  const { signature } = signSchedule(home, schedule, request);
  return isRunOfSchedule(schedule, runId) && matches(signature!, request.signature);
}

function unsigned({ signature: _, ...request }: RunRequest): RunRequest {
  return request;
}
