import { ApplicationFailure, defineUpdate, setHandler } from "@temporalio/workflow";
import type { ErrorCode } from "../platform/errors.js";
import { isDeeperThan, isObject, shortText, type JsonObject } from "../platform/json.js";
import {
  approvalUpdate,
  type ApprovalRequest,
  type ApprovalState,
  type ApprovalUpdate,
  type GivenAnswer,
} from "../schemas/approvals.js";
import type { StageState } from "../schemas/run.js";
import { checkAnswers } from "./activities.js";
import type { Board } from "./board.js";
import { inOutcomeOrder } from "./outcome-order.js";
import { inChild, readFailure } from "./failure.js";
import { refuseBeyondRoom } from "./given-limit.js";

/**
 * A stage waits for an approval: it has status `waiting` and no attempt running until a person has
 * answered.
 */
export function requestApproval(board: Board, stage: string, request: ApprovalRequest): void {
  const { deadlineMs } = request;
  const approval = { ...request, ...(deadlineMs !== undefined && { closesAtMs: Date.now() + deadlineMs }) };
  board.set(stage, { status: "waiting", approval, failure: undefined, reason: undefined, retries: undefined });
  board.noteAction();
}

/** How a stage's request has ended. Undefined while it is open, or if there is no request. */
export function givenAnswer({ approval }: StageState): GivenAnswer | undefined {
  if (approval?.answer === undefined && approval?.expired === undefined) return undefined;
  return { message: approval.message, ...(approval.answer && { answer: approval.answer }) };
}

/** Nobody has answered in time: the next attempt fails. */
export function expireApproval(board: Board, stage: string, approval: ApprovalState): void {
  board.set(stage, { status: "queued", approval: { ...approval, expired: true } });
}

/**
 * The update `approve`: a person approves or refuses what a stage waits for. It is refused if the
 * stage does not wait (STAGE_NOT_WAITING), if the person is not one of the approvers (NOT_ALLOWED),
 * or if what they filled in does not fit the form (INPUT_INVALID).
 * @param board the board, once the plan is loaded
 */
export function listenForApprovals(board: () => Board | undefined): void {
  const update = defineUpdate<StageState, [ApprovalUpdate]>(approvalUpdate);
  const answer = async (submitted: ApprovalUpdate): Promise<StageState> => {
    const { stage, approved, by, comment, answers: given = {} } = submitted;
    const answers = approved ? await checked(board()!, stage, given) : {};
    // Another answer may have arrived during the check.
    const approval = refuseUnlessAllowed(board(), submitted);
    const at = new Date(Date.now()).toISOString();
    const decision = { approved, by, at, ...(comment !== undefined && { comment }), answers };
    board()!.set(stage, { status: "queued", approval: { ...approval, answer: decision } });
    board()!.noteAction();
    return board()!.state(stage);
  };
  const validator = (submitted: ApprovalUpdate): void => {
    refuseUnlessAllowed(board(), submitted);
    refuseBeyondRoom(board()!, [submitted.by, submitted.comment, submitted.answers]);
  };
  const description = 'answers a request: {"stage": "…", "approved": true, "by": "…", "comment": "…", "answers": {…}}';
  setHandler(update, answer, { validator, description });
}

async function checked(board: Board, stage: string, answers: JsonObject): Promise<JsonObject> {
  try {
    return await inOutcomeOrder(board, () => checkAnswers({ stage, form: board.state(stage).approval!.form, answers }));
  } catch (error) {
    const { failure } = readFailure(error);
    throw ApplicationFailure.nonRetryable(failure.message, failure.code, failure);
  } finally {
    // Wakes the interpreter, which waits until all handlers have finished.
    board.version++;
  }
}

/**
 * Maximum length of a name and of a comment, UTF-16 code units; maximum size of what is filled in,
 * the same of JSON.
 */
const maxNameLength = 200;
const maxCommentLength = 4000;
const maxAnswers = 64 * 1024;

/** People type updates by hand in the UI, so the argument may be anything. */
function refuseUnlessAllowed(board: Board | undefined, submitted: unknown): ApprovalState {
  const { stage, approved, by, comment, answers } = isObject(submitted) ? submitted : {};
  const isKnown = typeof stage === "string" && board !== undefined && Object.hasOwn(board.states, stage);
  const state = isKnown ? board.states[stage] : undefined;
  const approval = state?.approval;
  if (state?.status !== "waiting" || approval === undefined) throw notWaiting(board, stage, state);
  if (typeof approved !== "boolean") throw refusal("WRONG_TYPE", "approved must be true or false");
  if (typeof by !== "string" || by === "" || by.length > maxNameLength)
    throw refusal("WRONG_TYPE", `by must be a name of at most ${maxNameLength} characters`);
  if (comment !== undefined && (typeof comment !== "string" || comment.length > maxCommentLength))
    throw refusal("WRONG_TYPE", `comment must be a text of at most ${maxCommentLength} characters`);
  if (answers !== undefined && !isObject(answers)) throw refusal("WRONG_TYPE", "answers must be an object");
  if (isDeeperThan(answers, 64) || JSON.stringify(answers ?? {}).length > maxAnswers)
    throw refusal("OUT_OF_RANGE", `answers must have at most ${maxAnswers} characters of JSON, nested at most 64 deep`);
  const { approvers } = approval;
  if (approvers.length > 0 && !approvers.includes(by))
    throw refusal("NOT_ALLOWED", `${by} is not one of the approvers of stages.${state.id}: ${approvers.join(", ")}`);
  return approval;
}

function notWaiting(board: Board | undefined, stage: unknown, state: StageState | undefined): ApplicationFailure {
  const answer = state?.approval?.answer;
  const word = answer?.approved === true ? "approved" : "refused";
  const known = typeof stage === "string" ? `stages.${shortText(stage)} does not exist` : "the update names no stage";
  const now =
    state === undefined
      ? known
      : `stages.${state.id} ${inChild(state) ?? `is ${state.status}, and waits for no approval`}`;
  const open = board?.with("waiting").filter(({ approval }) => approval !== undefined) ?? [];
  const what = answer === undefined ? now : `stages.${state!.id} has been ${word} by ${answer.by}`;
  const others = open.length > 0 ? open.map(({ id }) => id).join(", ") : "none";
  return refusal("STAGE_NOT_WAITING", `${what}; waiting for an approval: ${others}`);
}

const refusal = (code: ErrorCode, message: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(message, code);
