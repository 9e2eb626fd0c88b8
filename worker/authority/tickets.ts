import { PawlError } from "../../platform/errors.js";
import { isObject } from "../../platform/json.js";
import type { StageRequest } from "../../schemas/run.js";
import { asJson, matches, sign } from "./sign.js";

/**
 * A ticket for one attempt at a stage, valid in one execution of the run's workflow.
 * @param execution its id, which the server gives
 * @throws PawlError STORE_UNREADABLE if the key of PAWL_HOME cannot be read
 */
export function ticketFor(home: string, execution: string, request: StageRequest): string {
  // What an activity of the user's returns comes after the ticket, as data.
  const { ticket: _ticket, called: _called, ...allowed } = request;
  return sign(home, "ticket", request.runId, asJson({ execution, allowed }));
}

/** The workflow execution that has scheduled an activity, as the server says; undefined: none. */
export type Scheduler = { workflowId: string; runId: string } | undefined;

/**
 * Refuses an attempt that `prepare` has not allowed exactly so for this execution, before anything
 * of it is used.
 * @throws PawlError TICKET_INVALID; STORE_UNREADABLE if the key of PAWL_HOME cannot be read
 */
export function refuseWithoutTicket(home: string, scheduler: Scheduler, request: StageRequest): void {
  const isAllowed =
    isObject(request) &&
    scheduler?.workflowId === request.runId &&
    matches(ticketFor(home, scheduler.runId, request), request.ticket);
  if (isAllowed) return;
  throw new PawlError("TICKET_INVALID", "this attempt has no valid ticket", {
    expected: "an attempt that the run's own process for workflows has prepared, unchanged",
    got: "another request",
    next: "nothing, if it is a stage of a run: it is prepared again; start runs with `pawl run`, or as docs/concepts/security.md says",
  });
}
