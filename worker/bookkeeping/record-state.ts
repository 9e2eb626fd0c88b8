import { isDeepStrictEqual } from "node:util";
import { evaluateTemplate } from "../../expressions/evaluate.js";
import { PawlError } from "../../platform/errors.js";
import type { Json } from "../../platform/json.js";
import type { ParentStage, RecordedState, StageState } from "../../schemas/run.js";
import { findParent, findPlan, findRecord, saveRecord } from "../../store/records/runs.js";
import { queuedState } from "../../workflows/board.js";
import { childOutputs } from "../../workflows/facts.js";
import { sealedPlan } from "../authority/plans.js";
import { isBelieved, signReceipt } from "../authority/receipts.js";
import { claimedContext } from "../authority/settings.js";
import { asJson } from "../authority/sign.js";
import { ownStore } from "./own-store.js";

/**
 * Records the state of a run, and when it ended if it has, beside the plan and the parent that the
 * store has. The record belongs to the workflow that has begun the run, and holds only results that
 * are believed.
 * @returns of a child that has succeeded, the receipt of its outputs for the stage of its parent
 * @throws PawlError NOT_ALLOWED if another workflow reports it, or if a child's outputs are not
 *   what the store's results make them; STORE_UNREADABLE, DISK_FULL, OTHER_STORE
 */
export async function recordState(
  home: string,
  runId: string,
  { execution, ...state }: RecordedState,
  endedAt?: string,
): Promise<string | undefined> {
  await ownStore(home, state.store);
  const [plan, known, parent] = [
    await findPlan(home, runId),
    await findRecord(home, runId),
    await findParent(home, runId),
  ];
  // Runs of earlier versions have no execution in their record.
  if (plan === undefined || (known?.execution !== undefined && known.execution !== execution))
    throw otherExecution(runId);
  const isOfChild = parent !== undefined && state.status === "succeeded";
  if (isOfChild) await refuseOtherOutputs(home, runId, state);
  const isEarlier = known !== undefined && known.execution === undefined;
  await saveRecord(home, {
    ...{ ...state, plan, runId, stages: await believedOnly(home, runId, state.stages) },
    startedAt: known?.startedAt ?? new Date().toISOString(),
    ...(!isEarlier && { execution }),
    ...(parent && { parent }),
    ...(endedAt !== undefined && { endedAt }),
  });
  return isOfChild ? receiptForParent(home, parent, state.outputs) : undefined;
}

/** Stages whose results are not believed are recorded as queued. */
async function believedOnly(home: string, runId: string, stages: readonly StageState[]): Promise<StageState[]> {
  const { digest } = (await sealedPlan(home, runId))!;
  return Promise.all(
    stages.map(async (stage) => {
      const isFinished = stage.status === "succeeded" || stage.status === "cached";
      const isEmpty =
        Object.keys({ ...stage.outputs, ...stage.metrics, ...stage.values, ...stage.answers }).length === 0;
      if (!isFinished || isEmpty || (await isBelieved(home, { runId, digest }, stage))) return stage;
      return queuedState(stage);
    }),
  );
}

/**
 * The record of a child counts as the result of its parent's stage: with outputs that its plan
 * makes of believed results.
 */
async function refuseOtherOutputs(
  home: string,
  runId: string,
  { stages, outputs }: Pick<RecordedState, "stages" | "outputs">,
): Promise<void> {
  const { run, context, unknown } = await claimedContext(home, runId, stages);
  const [first] = unknown;
  if (first !== undefined) throw otherOutputs(runId, `stages.${first}`);
  if (!isDeepStrictEqual(asJson(evaluateTemplate(run.plan.outputs, context)), asJson(outputs)))
    throw otherOutputs(runId, "outputs");
}

function otherOutputs(runId: string, where: string): PawlError {
  return new PawlError("NOT_ALLOWED", "the run's outputs are not those of its plan and its results", {
    where,
    next: `resume the run: pawl resume ${runId}`,
  });
}

async function receiptForParent(
  home: string,
  { run: runId, stage: id }: ParentStage,
  outputs: Record<string, Json>,
): Promise<string | undefined> {
  const sealed = await sealedPlan(home, runId);
  const planned = sealed?.stages.get(id) ?? sealed?.stages.get(id.split(".", 1)[0]!);
  if (sealed === undefined || planned === undefined) return undefined;
  const result = { id, uses: planned.uses, metrics: {}, ...childOutputs(outputs) };
  return signReceipt(home, { runId, digest: sealed.digest }, result);
}

function otherExecution(runId: string): PawlError {
  return new PawlError("NOT_ALLOWED", `another workflow has begun run ${runId}: its record stays`, {
    next: "start the run under another id",
  });
}
