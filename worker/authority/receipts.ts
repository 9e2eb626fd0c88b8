import { isDeepStrictEqual } from "node:util";
import { childRunId, type StageState } from "../../schemas/run.js";
import { mayAskPeople, runsPipeline } from "../../schemas/stages/index.js";
import { recordedResult } from "../../store/records/results.js";
import { findRecord } from "../../store/records/runs.js";
import { asJson, matches, sign } from "./sign.js";
import type { RunRecord } from "../../store/records/record-types.js";

/**
 * A run with the digest of its plan. A signature for one plan of a run is not valid for another.
 */
export interface SignedRun {
  runId: string;
  /** SHA-256 (hex) of the plan in the store. */
  digest: string;
}

/** A stage's result, as a state claims it. */
type Result = Pick<StageState, "id" | "uses" | "key" | "outputs" | "metrics" | "values" | "answers">;

/** The claim with its proof. */
export type ClaimedResult = Result & Pick<StageState, "receipt">;

/**
 * A signature that later shows that a worker of this home returned this result for a stage of this
 * run.
 */
export function signReceipt(home: string, { runId, digest }: SignedRun, result: Result): string {
  const { id, uses, key, outputs, metrics, values, answers } = result;
  return sign(home, "receipt", runId, asJson({ digest, id, uses, key, outputs, metrics, values, answers }));
}

/**
 * Whether a stage of this run has the result that its state claims: a worker has signed it or, in a
 * run that an earlier version began or that was imported, the store has it.
 * @throws PawlError STORE_UNREADABLE
 */
export async function isBelieved(home: string, run: SignedRun, state: ClaimedResult): Promise<boolean> {
  if (state.receipt !== undefined) return matches(signReceipt(home, run, state), state.receipt);
  const record = await findRecord(home, run.runId);
  if (record === undefined || record.execution !== undefined) return false;
  return isRecorded(record, state) || (await isOfChild(home, run.runId, state)) || isStored(home, run.runId, state);
}

const signedFields = ({ id, uses, outputs, metrics, values, answers }: Result): unknown =>
  asJson({ id, uses, outputs, metrics, values, answers });

/** The run's own record contains it. */
function isRecorded({ stages }: RunRecord, state: ClaimedResult): boolean {
  const known = stages.find(({ id, status }) => id === state.id && (status === "succeeded" || status === "cached"));
  return known !== undefined && isDeepStrictEqual(signedFields(known), signedFields(state));
}

/** The record of a child's run contains its result. */
async function isOfChild(
  home: string,
  runId: string,
  { id, uses, key, outputs, values }: ClaimedResult,
): Promise<boolean> {
  if (!runsPipeline(uses) || key !== undefined) return false;
  const record = await findRecord(home, childRunId(runId, id));
  const isIt = record?.status === "succeeded" && record.parent?.run === runId && record.parent.stage === id;
  return isIt && isDeepStrictEqual(record.outputs, { ...outputs, ...values });
}

/** Requests to people are valid only in their own run. */
async function isStored(home: string, runId: string, state: ClaimedResult): Promise<boolean> {
  const { id, uses, key, outputs, metrics, values, answers } = state;
  if (key === undefined || values !== undefined || answers !== undefined) return false;
  const result = await recordedResult(home, key);
  if (result === undefined || result.uses !== uses) return false;
  const isOwn = result.lineage.runId === runId && result.lineage.stage === id;
  if (!isOwn && mayAskPeople(uses, result.with)) return false;
  return isDeepStrictEqual(asJson({ outputs: result.outputs, metrics: result.metrics }), asJson({ outputs, metrics }));
}
