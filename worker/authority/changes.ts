import type { JsonObject } from "../../platform/json.js";
import type { ParkedStageAction } from "../../schemas/run.js";
import { matches, sign } from "./sign.js";

/** Signs a change of a parked stage's settings with the key of PAWL_HOME. */
export function signChange(
  home: string,
  runId: string,
  { stage, with: changes }: ParkedStageAction,
): ParkedStageAction {
  const signature = sign(home, "change", runId, { stage, with: changes });
  return { stage, ...(changes && { with: changes }), signature };
}

/** Whether a change has a valid signature for this stage of this run. */
export function isSignedChange(home: string, runId: string, change: ParkedStageAction): boolean {
  return matches(signChange(home, runId, change).signature!, change.signature);
}

/** A signature that later shows that all of a stage's changes were accepted, in this order. */
export function grantChanges(home: string, runId: string, stage: string, changes: readonly JsonObject[]): string {
  return sign(home, "changes", runId, { stage, changes });
}

/** Whether a stage's changes were accepted for this run. */
export function areGranted(
  home: string,
  runId: string,
  stage: string,
  { changes = [], changesGrant }: { changes?: readonly JsonObject[]; changesGrant?: string },
): boolean {
  return changes.length === 0 || matches(grantChanges(home, runId, stage, changes), changesGrant);
}
