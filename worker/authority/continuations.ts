import { isDeepStrictEqual } from "node:util";
import { PawlError } from "../../platform/errors.js";
import type { ContinuationRequest, StageState } from "../../schemas/run.js";
import { findRecord } from "../../store/records/runs.js";
import { checkedRequest } from "../bookkeeping/check-request.js";
import { ownStore } from "../bookkeeping/own-store.js";
import { areGranted } from "./changes.js";
import { planDigest, sealedPlan } from "./plans.js";
import { isBelieved } from "./receipts.js";
import { asJson, matches, sign } from "./sign.js";

/**
 * Signs what a run carries over when it continues as new: it is valid in the execution that follows
 * this one.
 */
export function signContinuation(home: string, { runId, execution, request }: ContinuationRequest): string {
  const { continuation: _continuation, ...carried } = request;
  return sign(home, "continuation", runId, asJson({ execution, carried }));
}

/**
 * Checks what a run has carried over: that it is signed or, if an earlier version continued the
 * run, that the store has the same plan, results and choices.
 * @throws PawlError NOT_ALLOWED; STORE_UNREADABLE; OTHER_STORE
 */
export async function checkContinuation(home: string, continued: ContinuationRequest): Promise<void> {
  const { runId, request } = continued;
  await ownStore(home, request.store);
  if (matches(signContinuation(home, continued), request.continuation)) return void checkedRequest(request);
  checkedRequest(request);
  const sealed = await sealedPlan(home, runId);
  if (request.plan === undefined || sealed?.digest !== planDigest(request.plan)) throw notCarriedOver("another plan");
  const recorded = new Map((await findRecord(home, runId))?.stages.map((stage) => [stage.id, stage]));
  for (const state of Object.values(request.stages ?? {})) {
    const isFinished = state.status === "succeeded" || state.status === "cached";
    const isEmpty = Object.keys({ ...state.outputs, ...state.metrics, ...state.values, ...state.answers }).length === 0;
    const mayBeEmpty = sealed.stages.get(state.id)?.foreach !== undefined;
    if (isFinished && !(isEmpty && mayBeEmpty) && !(await isBelieved(home, { runId, digest: sealed.digest }, state)))
      throw notCarriedOver(`a result of stages.${state.id} that the store lacks`);
    if (!areGranted(home, runId, state.id, state)) throw notCarriedOver(`changes of stages.${state.id}`);
    if (!isDeepStrictEqual(requestsJson(state), requestsJson(recorded.get(state.id))))
      throw notCarriedOver(`choices of stages.${state.id} that the store lacks`);
  }
}

/** What people chose and approved. */
const requestsJson = (state: StageState | undefined): unknown =>
  asJson({
    choices: state?.choiceRequest?.choices,
    votes: state?.choiceRequest?.votes,
    answer: state?.approval?.answer,
  });

function notCarriedOver(got: string): PawlError {
  return new PawlError("NOT_ALLOWED", "this is not what the run carried over when it continued as new", {
    where: "the workflow's input",
    expected: "the plan, results, changes and choices that the run had",
    got,
    next: "resume the run with `pawl resume`",
  });
}
