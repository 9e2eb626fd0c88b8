import { isDeepStrictEqual } from "node:util";
import { evaluateTemplate } from "../expressions/index.js";
import { PawlError } from "../platform/errors.js";
import type { RecordedState } from "../schemas/run.js";
import { findPlan, findRecord, saveRecord } from "../store/index.js";
import { claimedContext } from "./authority/settings.js";
import { asJson } from "./authority/sign.js";
import { ownStore } from "./own-store.js";

/**
 * Records the state of a run, and when it ended if it has, beside the plan that the store has. The record belongs to the
 * workflow that has begun the run.
 * @throws PawlError NOT_ALLOWED if another workflow reports it, or if a child's outputs are not what the store's results make
 *   them; STORE_UNREADABLE, DISK_FULL, OTHER_STORE
 */
export async function recordState(
  home: string,
  runId: string,
  { execution, ...state }: RecordedState,
  endedAt?: string,
): Promise<void> {
  await ownStore(home, state.store);
  const [plan, known] = [await findPlan(home, runId), await findRecord(home, runId)];
  // Runs of earlier versions have no execution in their record.
  if (known?.execution !== undefined && known.execution !== execution) throw otherExecution(runId);
  if (state.parent !== undefined && state.status === "succeeded") await refuseOtherOutputs(home, runId, state);
  const startedAt = known?.startedAt ?? new Date().toISOString();
  await saveRecord(home, {
    ...{ ...state, runId, startedAt, execution },
    ...(plan && { plan }),
    ...(endedAt !== undefined && { endedAt }),
  });
}

/** The record of a child counts as the result of its parent's stage. */
async function refuseOtherOutputs(
  home: string,
  runId: string,
  { stages, outputs }: Omit<RecordedState, "execution">,
): Promise<void> {
  const { plan, context } = await claimedContext(home, runId, stages);
  if (isDeepStrictEqual(asJson(evaluateTemplate(plan.outputs, context)), asJson(outputs))) return;
  throw new PawlError("NOT_ALLOWED", "the run's outputs are not those of its plan and its results", {
    where: "outputs",
    next: `resume the run: pawl resume ${runId}`,
  });
}

function otherExecution(runId: string): PawlError {
  return new PawlError("NOT_ALLOWED", `another workflow has begun run ${runId}: its record stays`, {
    next: "start the run under another id",
  });
}
