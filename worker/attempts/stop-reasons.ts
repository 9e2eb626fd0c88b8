import type { ActivityCancellationDetails } from "@temporalio/common";
import { PawlError } from "../../platform/errors.js";

/** The server no longer knows the attempt. @param heartbeatMs the stage's `heartbeat` */
export function givenUp(heartbeatMs: number): PawlError {
  const seconds = Number.isFinite(heartbeatMs) ? ` (${heartbeatMs / 1000} s)` : "";
  return new PawlError(
    "PREEMPTED",
    `the server has given up this attempt: no heartbeat reached it for longer than \`heartbeat\`${seconds} allows, or the run was terminated`,
    { next: "nothing: if the run continues, the next attempt resumes from the newest checkpoint" },
  );
}

/** Somebody has paused or reset the attempt's activity on the server. */
export function heldBack(): PawlError {
  return new PawlError("PREEMPTED", "the attempt's activity was paused or reset on the server", {
    next: "unpause the activity; the next attempt resumes from the newest checkpoint",
  });
}

/**
 * Why an attempt was canceled, for its log.
 * @param isLocal it is a brief one, in the process for workflows
 */
export function cancelText(details: ActivityCancellationDetails | undefined, isLocal: boolean): string {
  if (details?.paused === true || details?.reset === true)
    return "canceled: its activity was paused or reset on the server";
  // Any other attempt has continued since (server-link.ts), until something else canceled it.
  if (details?.timedOut === true && isLocal)
    return "canceled: it did not finish within the minute that a brief stage has";
  return "canceled: the run was canceled, or no longer needs the stage";
}
