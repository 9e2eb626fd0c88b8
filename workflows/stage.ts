import { isCancellation, sleep, TemporalFailure, workflowInfo } from "@temporalio/workflow";
import { cutText } from "../platform/errors.js";
import type { JsonObject } from "../platform/json.js";
import { awaitsItems } from "../schemas/matrix.js";
import type { PlannedStage } from "../schemas/plan.js";
import type {
  AttemptOutcome,
  CallOutcome,
  EndedAttempt,
  PrepareResult,
  StageFailure,
  StageRequest,
  StageState,
} from "../schemas/run.js";
import { givenAnswer, requestApproval } from "./approvals.js";
import { givenChoices, requestChoices } from "./choices.js";
import { attemptStage, prepare, runBrief, wasServerAway } from "./activities.js";
import type { Board } from "./board.js";
import { callActivity } from "./call-activity.js";
import { createProposal } from "./claims.js";
import { describeFailure, forOutage, readFailure, type AttemptFailure } from "./failure.js";
import { listItems } from "./foreach.js";
import { rerunProducer } from "./rerun-producer.js";
import { evaluateSettings } from "./settings.js";
import { inOutcomeOrder } from "./outcome-order.js";
import { decideRetry, noRetries, type RetryDecision } from "./retry.js";
import type { StageResult } from "../schemas/stage-result.js";

/**
 * Brings one stage to its end, or to where it has to wait for people: attempts, each from the last
 * checkpoint, until one succeeds or the retry budget of its failures is spent. Never rejects for a
 * failure of the stage.
 * @param how handBack: called before another attempt; true puts the stage back to queued (before
 *   continue-as-new). cancelReason: called when the stage is canceled
 */
export async function runStage(
  board: Board,
  stage: PlannedStage,
  { handBack, cancelReason }: { handBack: () => boolean; cancelReason: () => string },
): Promise<void> {
  board.set(stage.id, {
    status: "running",
    reason: undefined,
    failure: undefined,
    startedAtMs: board.state(stage.id).startedAtMs ?? Date.now(),
  });
  try {
    for (;;) {
      const beganAtMs = Date.now();
      const ended = await (awaitsItems(stage) ? listItems(board, stage) : attempt(board, stage));
      if (ended === undefined) return;
      addWork(board, stage, ended.workMs ?? Date.now() - beganAtMs);
      const failed = (await fellToOutage(board, stage, ended, beganAtMs)) ? forOutage(ended) : ended;
      const decision = decide(board, stage, failed);
      if (!decision.retry) return failStage(board, stage, failed, decision);
      if (rerunProducer(board, stage, failed.failure, decision.count)) return;
      await backOff(board, stage, failed, decision);
      if (handBack()) return board.set(stage.id, { status: "queued" });
      board.set(stage.id, { status: "running", reason: undefined });
    }
  } catch (error) {
    if (!isCancellation(error)) throw error;
    board.set(stage.id, { status: "cancelled", reason: cancelReason(), endedAtMs: Date.now() });
  }
}

/**
 * Whether an attempt timed out because the server was unavailable for about as long as the
 * heartbeat allows.
 */
async function fellToOutage(
  board: Board,
  stage: PlannedStage,
  { unheard }: AttemptFailure,
  sinceMs: number,
): Promise<boolean> {
  if (!unheard) return false;
  try {
    const attempt = { stage: stage.id, number: board.state(stage.id).attempts };
    const question = { sinceMs, forMs: stage.heartbeatMs / 2, attempt, ...(board.store && { store: board.store }) };
    return await inOutcomeOrder(board, () => wasServerAway(question));
  } catch (error) {
    if (isCancellation(error) || !(error instanceof TemporalFailure)) throw error;
    return false;
  }
}

function addWork(board: Board, stage: PlannedStage, ms: number): void {
  board.set(stage.id, { workedMs: (board.state(stage.id).workedMs ?? 0) + ms });
}

const currentRetries = (board: Board, stage: PlannedStage) => board.state(stage.id).retries ?? noRetries;

function decide(board: Board, stage: PlannedStage, { failure, reached, serverAway }: AttemptFailure): RetryDecision {
  const attempt = { class: failure.class, reached, serverAway, atMs: Date.now() };
  return decideRetry(stage.retry, currentRetries(board, stage), attempt);
}

/**
 * One attempt. Returns what failed, or undefined once the stage has its result or requests choices.
 * Throws when canceled.
 */
async function attempt(board: Board, stage: PlannedStage): Promise<AttemptFailure | undefined> {
  const { attempts, compute } = board.state(stage.id);
  const given = givenChoices(board, stage.id);
  const approval = givenAnswer(board.state(stage.id));
  const people = { ...(given && { given }), ...(approval && { approval }) };
  try {
    const request = {
      ...{ ...createProposal(board, stage), with: evaluateStageSettings(board, stage), attempt: attempts + 1 },
      ...{ ...(compute && { compute }), ...people },
    };
    const prepared = await inOutcomeOrder(board, () => prepare(request));
    board.store ??= prepared.store;
    board.set(stage.id, { key: prepared.key, compute: prepared.compute });
    if (prepared.cached) return void succeed(board, stage, "cached", prepared.cached);
    board.set(stage.id, { attempts: attempts + 1 });
    const { ended } = prepared;
    if (ended !== undefined && "failed" in ended) return ended.failed;
    const outcome = ended?.outcome ?? (await attemptElsewhere(board, stage, prepared, people));
    addWork(board, stage, outcome.workMs ?? 0);
    if ("approval" in outcome) requestApproval(board, stage.id, outcome.approval);
    else if ("request" in outcome) requestChoices(board, stage.id, outcome.request);
    else succeed(board, stage, "succeeded", outcome);
    return undefined;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return readFailure(error);
  }
}

/** An attempt that `prepare` has allowed, in a worker process. */
async function attemptElsewhere(
  board: Board,
  stage: PlannedStage,
  prepared: PrepareResult,
  people: Pick<StageRequest, "given" | "approval">,
): Promise<AttemptOutcome> {
  const request = { ...allowedRequest(board, stage, prepared), ...people };
  // An earlier version has prepared a brief one.
  const begun = await (prepared.brief === true
    ? inOutcomeOrder(board, () => runBrief(request))
    : attemptStage(stage, request));
  return "call" in begun ? continueElsewhere(board, stage, request, begun) : begun;
}

/**
 * An attempt that an earlier version has prepared has no ticket: a worker refuses it, and it is
 * prepared again.
 */
function allowedRequest(board: Board, { id, uses }: PlannedStage, { request, store }: PrepareResult): StageRequest {
  if (request !== undefined) return request;
  const { plan } = board;
  return {
    ...{ runId: workflowInfo().workflowId, pipeline: plan.name, stage: id, uses, seed: plan.seed, reuse: false },
    ...{ attempt: board.state(id).attempts, checkpoint: { everyMs: 0, keep: 1 }, plan: "" },
    ...(store !== undefined && { store }),
  };
}

/** The rest of an attempt that calls an activity of the user's. */
async function continueElsewhere(
  board: Board,
  stage: PlannedStage,
  request: StageRequest,
  { call, workMs = 0 }: CallOutcome,
): Promise<AttemptOutcome> {
  const { activity, taskQueue } = call;
  const calledAtMs = Date.now();
  board.set(stage.id, { calls: { activity, taskQueue } });
  const called = await callActivity(stage, request, call).finally(() => board.set(stage.id, { calls: undefined }));
  const calledMs = Date.now() - calledAtMs;
  const outcome = (await attemptStage(stage, { ...request, called })) as AttemptOutcome;
  return { ...outcome, workMs: workMs + calledMs + (outcome.workMs ?? 0) };
}

/** The stage's `with`, changed by the actions on parked attempts, its expressions evaluated. */
export function evaluateStageSettings(
  board: Board,
  stage: PlannedStage,
  changes = board.state(stage.id).changes,
): JsonObject {
  return evaluateSettings(stage, changes, board.context(workflowInfo().workflowId, stage)).with;
}

function succeed(
  board: Board,
  stage: PlannedStage,
  status: "succeeded" | "cached",
  { outputs, metrics, answers, receipt }: StageResult & Pick<StageState, "receipt">,
): void {
  board.set(stage.id, {
    ...{ status, outputs, metrics, answers, receipt },
    endedAtMs: Date.now(),
    failure: undefined,
    reason: undefined,
    retries: undefined,
  });
}

async function backOff(
  board: Board,
  stage: PlannedStage,
  { failure }: AttemptFailure,
  { waitMs, count }: RetryDecision & { retry: true },
): Promise<void> {
  board.set(stage.id, {
    status: "backingOff",
    failure,
    ended: endedAttempts(board, stage, failure),
    retries: count,
    reason: `${failure.code}: ${failure.message}; the next attempt follows ${waitMs === 0 ? "immediately" : `in ${waitMs / 1000} s`}`,
  });
  if (waitMs > 0) await sleep(waitMs);
}

/** Attempts that ended without a result, of which a stage's state keeps the newest. */
const maxEnds = 3;
/** Characters of their messages. */
const maxEndLength = 160;

/**
 * The attempts of a stage that ended without a result, with the last one. One that never reached a
 * worker counts as none.
 */
function endedAttempts(board: Board, stage: PlannedStage, { code, message }: StageFailure): EndedAttempt[] | undefined {
  const { ended = [], attempts: attempt } = board.state(stage.id);
  if (attempt === 0 || ended.at(-1)?.attempt === attempt) return ended.length === 0 ? undefined : ended;
  const last = { attempt, code, message: cutText(message.split("\n", 1)[0]!, maxEndLength), atMs: Date.now() };
  return [...ended, last].slice(-maxEnds);
}

/** No attempts remain: applies `onFailure`. */
export function failStage(
  board: Board,
  stage: PlannedStage,
  { failure }: AttemptFailure,
  decision?: RetryDecision & { retry: false },
): void {
  // A stage that was queued again still has its earlier outputs.
  const ends = endedAttempts(board, stage, failure);
  const ended = { failure, ended: ends, retries: undefined, outputs: {}, metrics: {}, endedAtMs: Date.now() };
  if (stage.onFailure !== "park") return board.set(stage.id, { ...ended, status: "failed", reason: decision?.why });
  board.set(stage.id, {
    ...ended,
    status: "parked",
    reason: `${describeFailure(failure)}\nThe stage waits for an action: retry (\`with\` may change its settings), skip or abort.`,
  });
}
