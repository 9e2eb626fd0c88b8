import { isDeepStrictEqual } from "node:util";
import { childRunId, type StageResult, type StageState } from "../../schemas/run.js";
import { stageDefinitions } from "../../schemas/stages/index.js";
import { findRecord, recordedResult } from "../../store/index.js";
import { asJson, matches, signatureOf } from "./sign.js";

/** What a state says of a stage's result. */
export type ClaimedResult = Pick<
  StageState,
  "id" | "uses" | "status" | "key" | "outputs" | "metrics" | "values" | "answers" | "receipt"
>;

/** A signature that later shows that a worker of this home returned this result for a stage of this run. */
export function receiptOf(
  home: string,
  runId: string,
  stage: string,
  { outputs, metrics, answers, values }: StageResult & Pick<StageState, "values">,
): string {
  return signatureOf(home, "receipt", runId, asJson({ stage, outputs, metrics, answers, values }));
}

/**
 * Whether a stage of this run has the result that its state claims: a worker has signed it or, of a child and of stages of
 * earlier versions, the store has it.
 * @throws PawlError STORE_UNREADABLE
 */
export async function isBelieved(home: string, runId: string, state: ClaimedResult): Promise<boolean> {
  if (state.receipt !== undefined) return matches(receiptOf(home, runId, state.id, state), state.receipt);
  if (state.key === undefined) return isOfChild(home, runId, state);
  return isStored(home, runId, { ...state, key: state.key });
}

/** A child's result is in the record of its run. */
async function isOfChild(home: string, runId: string, { id, outputs, values }: ClaimedResult): Promise<boolean> {
  const record = await findRecord(home, childRunId(runId, id));
  const isIt = record?.status === "succeeded" && record.parent?.run === runId && record.parent.stage === id;
  return isIt && isDeepStrictEqual(record.outputs, { ...outputs, ...values });
}

/** What people were asked counts for their own run only. */
async function isStored(home: string, runId: string, state: ClaimedResult & { key: string }): Promise<boolean> {
  const { id, uses, key, outputs, metrics, values, answers } = state;
  const result = await recordedResult(home, key);
  if (result === undefined || result.uses !== uses || values !== undefined) return false;
  const isOwn = result.lineage.runId === runId && result.lineage.stage === id;
  if (!isOwn && stageDefinitions[uses].asksPeople !== false) return false;
  if (answers !== undefined && !isDeepStrictEqual(answers, await recordedAnswers(home, runId, id))) return false;
  return isDeepStrictEqual(asJson({ outputs: result.outputs, metrics: result.metrics }), asJson({ outputs, metrics }));
}

async function recordedAnswers(home: string, runId: string, stage: string): Promise<unknown> {
  const state = (await findRecord(home, runId))?.stages.find(({ id }) => id === stage);
  return state?.approval?.answer?.answers;
}
