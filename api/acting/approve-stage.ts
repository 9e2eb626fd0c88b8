import type { Client } from "@temporalio/client";
import { approvalUpdate, type ApprovalState, type ApprovalUpdate } from "../../schemas/approvals.js";
import type { StageState } from "../../schemas/run.js";
import { knownRun } from "../reading/read-run.js";
import { sendUpdate } from "./send-update.js";
import { waitingStage } from "./waiting-stage.js";

/**
 * The stage of a run that waits for an approval.
 * @param wanted its id; required if several wait
 * @throws PawlError RUN_NOT_FOUND, WORKER_LOST, STAGE_NOT_WAITING, MISSING_KEY
 */
export async function findApproval(
  client: Client,
  home: string,
  runId: string,
  wanted?: string,
): Promise<StageState & { approval: ApprovalState }> {
  return waitingStage(await knownRun(client, home, runId), wanted, {
    is: asksApproval,
    what: "an approval",
    verb: "approve",
  });
}

/**
 * Answers what a stage waits for.
 * @returns the stage's new state
 * @throws PawlError STAGE_NOT_WAITING, NOT_ALLOWED, INPUT_INVALID, WRONG_TYPE, OUT_OF_RANGE
 */
export const sendApproval = (client: Client, runId: string, update: ApprovalUpdate): Promise<StageState> =>
  sendUpdate<StageState, ApprovalUpdate>(client.workflow.getHandle(runId), approvalUpdate, update);

const asksApproval = (stage: StageState): stage is StageState & { approval: ApprovalState } =>
  stage.approval !== undefined;
