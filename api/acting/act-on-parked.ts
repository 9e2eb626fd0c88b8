import type { Client } from "@temporalio/client";
import { PawlError } from "../../platform/errors.js";
import type { JsonObject } from "../../platform/json.js";
import { updateNames, type ParkedStageAction, type StageState } from "../../schemas/run.js";
import { signChange } from "../../worker/authority/changes.js";
import { describeRun } from "../reading/find-run.js";
import { serverStatus } from "../reading/read-run.js";
import { sendUpdate } from "./send-update.js";

/** What to do with a parked stage. */
export interface ParkedAnswer {
  action: keyof typeof updateNames;
  stage: string;
  changes?: JsonObject;
  isSigned: boolean;
}

/**
 * Retries, skips or aborts a parked stage.
 * @param changes of its settings, for `retry`: a JSON merge patch. Signed with the home directory's
 *   key (`isSigned`), it may name code of the project.
 * @returns the stage's new state
 * @throws PawlError RUN_NOT_FOUND, STAGE_NOT_PARKED, and what is wrong with the changes
 */
export async function actOnParked(
  client: Client,
  home: string,
  runId: string,
  { action, stage, changes, isSigned }: ParkedAnswer,
): Promise<StageState> {
  const change = changes === undefined ? { stage } : { stage, with: changes };
  const requested = changes !== undefined && isSigned ? signChange(home, runId, change) : change;
  const status = serverStatus(await describeRun(client, home, runId));
  if (status !== "running")
    throw new PawlError("STAGE_NOT_PARKED", `run ${runId} has ended (${status}): no stage waits for an action`, {
      next: status === "succeeded" ? `pawl status ${runId}` : `pawl resume ${runId}`,
    });
  const handle = client.workflow.getHandle(runId);
  return sendUpdate<StageState, ParkedStageAction>(handle, updateNames[action], requested);
}
