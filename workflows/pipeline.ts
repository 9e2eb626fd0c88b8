import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  continueAsNew,
  defineQuery,
  isCancellation,
  log,
  patched,
  setCurrentDetails,
  setHandler,
  sleep,
  TemporalFailure,
  workflowInfo,
} from "@temporalio/workflow";
import { evaluateTemplate } from "../expressions/evaluate.js";
import { PawlError, type ErrorCode } from "../platform/errors.js";
import { jsonBytes, type JsonObject } from "../platform/json.js";
import { stagesToRun } from "../schemas/matrix.js";
import type { RunEvent } from "../schemas/notifications.js";
import type { Plan } from "../schemas/plan.js";
import {
  queryState,
  type ContinuationRequest,
  type LoadedPlan,
  type RecordedState,
  type RunRequest,
  type RunResult,
  type RunState,
  type StageState,
} from "../schemas/run.js";
import { checkContinuation, loadPlan, recordEnd, signContinuation } from "./activities.js";
import { listenForAnswers } from "./actions.js";
import { listenForApprovals } from "./approvals.js";
import { listenForChildren } from "./child.js";
import { listenForChoices } from "./choices.js";
import { Board, initialStates, runStatus } from "./board.js";
import { boundedStates, describeFailures, readFailure, withFacts, type AttemptFailure } from "./failure.js";
import { interpret } from "./interpret.js";
import { Listing } from "./listing.js";
import { ParentNotifier } from "./parent-notifier.js";
import { Notifier } from "./notifier.js";
import { listenForPauses } from "./pause.js";
import { GroupMembership } from "./group-membership.js";
import { Recorder } from "./record.js";
import { loadRetry, noRetries, waitForDisk } from "./retry.js";
import { summary } from "./summary.js";

/** What the workflow knows about itself. */
interface Run {
  /** Whatever the workflow was started with, until `loadPlan` has checked it. */
  request: RunRequest | null | undefined;
  /** Absent while the plan is loaded. */
  board?: Board;
  recorder?: Recorder;
  notifier?: Notifier;
  listing?: Listing;
  place: GroupMembership;
  ended?: "succeeded" | "failed" | "cancelled";
  /** Why it failed, if no stage did; while it is loaded, what it waits for. */
  failure?: NonNullable<RunState["failure"]>;
  outputs: JsonObject;
}

/**
 * The workflow type `pipeline`: runs the definition named or inlined in its request, or a plan that
 * is already compiled. It keeps its own copy of the plan, so that editing the file does not change
 * a run under way.
 *
 * Query `state`: RunState. Updates `retry`, `skip`, `abort`: actions on a parked stage; `choose`,
 * `withdraw`, `close`: for a stage that requests choices; `pause`, `unpause`. Fails, without a
 * retry, with INPUT_INVALID for an invalid request, with the located errors of a bad definition, or
 * with the facts of the stages that failed.
 */
export async function pipeline(request: RunRequest | null | undefined): Promise<RunResult> {
  const run: Run = { request, outputs: {}, place: new GroupMembership(() => tellPlace(run)) };
  // Asked in the first task: docs/decisions/0022-patches-in-the-first-task.md.
  const withListing = patched("search-attributes");
  const restRuns = patched("matrix-rest");
  const isVerified = patched("verified-runs");
  if (isVerified) refuseRepetition();
  // Updates may come with the first task of a run that has continued as new: the board exists
  // before they are handled.
  const continued = continuedBoard(request);
  if (continued) run.board = continued;
  if (continued) run.place.restore(continued.plan);
  setHandler(defineQuery<RunState>(queryState), () => queriedState(run), {
    description: "the whole run: plan, stages, outputs",
  });
  listenForAnswers(() => run.board);
  listenForChoices(() => run.board);
  listenForApprovals(() => run.board);
  listenForChildren(() => run.board);
  listenForPauses(() => run.board);
  try {
    if (continued && isVerified) await checkContinued(run);
    const board = (run.board ??= await beginBoard(run, isVerified));
    board.restRuns = restRuns;
    board.settles = isVerified;
    const recorder = (run.recorder = new Recorder(board, () => recorded(run)));
    const parentNotifier = new ParentNotifier(board, request);
    const notifier = (run.notifier = new Notifier(board, continued !== undefined));
    if (withListing) run.listing = await Listing.of(board);
    // A child takes no place: it belongs to its parent's run, which may hold a place of the same
    // group.
    if (!continued && request?.parent === undefined) await takePlace(run, board);
    const observers = {
      recorder,
      parentNotifier: parentNotifier,
      notifier,
      listing: run.listing,
      tellUi: () => tellUi(board),
    };
    for (;;) {
      const stopReason = await interpret(board, observers);
      await recorder.idle();
      await parentNotifier.idle();
      await notifier.idle();
      if (stopReason === "finished") break;
      const carried = await carriedOver(board, request, isVerified);
      if (carried !== undefined) return await continueAsNew<typeof pipeline>(carried);
    }
    refuseFailures(board);
    run.outputs = evaluateOutputs(board);
    const receipt = await end(run, "succeeded");
    return { ...runResult(board, run.outputs), ...(receipt !== undefined && { receipt }) };
  } catch (error) {
    const failure = error instanceof PawlError ? outputsFailure(error) : error;
    if (failure instanceof TemporalFailure) await end(run, isCancellation(failure) ? "cancelled" : "failed", failure);
    throw failure;
  }
}

/**
 * What the run carries over when it continues as new, signed; undefined if somebody has changed the
 * run meanwhile, or is about to.
 */
async function carriedOver(
  board: Board,
  request: RunRequest | null | undefined,
  isVerified: boolean,
): Promise<RunRequest | undefined> {
  const { version } = board;
  const carried: RunRequest = {
    ...{ plan: board.plan, stages: boundedStates(board.states) },
    ...{ ...storeField(board), ...checkedParent(request), ...pauseFields(board, request) },
  };
  if (!isVerified) return carried;
  const continuation = await CancellationScope.nonCancellable(() =>
    signContinuation(continuationRequest(carried, workflowInfo().runId)),
  );
  if (board.version !== version || !allHandlersFinished()) return undefined;
  return { ...carried, continuation };
}

/** @param execution that has carried it over */
function continuationRequest(request: RunRequest, execution: string): ContinuationRequest {
  const { workflowId: runId } = workflowInfo();
  return { runId, execution, request };
}

/**
 * Refuses a continued run whose plan and states are not what the run, or the store, has. Nothing of
 * it is recorded.
 */
async function checkContinued(run: Run): Promise<void> {
  try {
    await checkContinuation(continuationRequest(run.request!, workflowInfo().continuedFromExecutionRunId ?? ""));
  } catch (error) {
    if (isCancellation(error)) throw error;
    delete run.board;
    const { failure } = readFailure(error);
    throw ApplicationFailure.nonRetryable(failure.message, failure.code, failure);
  }
}

/** A second execution by the server itself would begin with a request that nobody has checked. */
function refuseRepetition(): void {
  const { cronSchedule, retryPolicy } = workflowInfo();
  const option = cronSchedule ? "a cron schedule" : retryPolicy ? "a retry policy" : undefined;
  if (option === undefined) return;
  const code: ErrorCode = "NOT_ALLOWED";
  const message = `a run cannot be started with ${option} of Temporal's`;
  const next =
    option === "a cron schedule"
      ? "start it without one; `pawl schedule apply` repeats a pipeline"
      : "start it without one; `retry` of its stages repeats what fails, and `pawl resume` the run (`pawl schedule` starts it regularly)";
  throw ApplicationFailure.nonRetryable(withFacts(message, { next }), code, { code, message, facts: { next } });
}

/** Waits for a place in the run's concurrency group. A run that gets none starts no stage. */
async function takePlace({ place }: Run, board: Board): Promise<void> {
  board.waitsFor = () => place.queue();
  try {
    await place.acquire(board.plan);
  } catch (error) {
    board.waitsFor = () => undefined;
    const reason = "the run has not got a place in its concurrency group";
    for (const { id, status } of board.list()) if (status === "queued") board.cancel(id, reason);
    throw error;
  }
}

/** The group has answered: the run waits for a place, or has one. */
function tellPlace({ board, listing }: Run): void {
  if (board) tellUi(board);
  listing?.update();
}

const tellUi = (board: Board): void => setCurrentDetails(summary(board, workflowInfo().workflowId));

/** The board of this run before it continued as new, if it has. */
function continuedBoard(request: RunRequest | null | undefined): Board | undefined {
  if (workflowInfo().continuedFromExecutionRunId === undefined) return undefined;
  const { plan, stages } = request ?? {};
  if (!plan || !stages) return undefined;
  try {
    const board = createBoard(plan, stages, request);
    board.ownPauseMs = request?.pausedSinceMs;
    return board;
  } catch {
    // Not what a run carries over: it is checked as the request of a new run.
    return undefined;
  }
}

/** The board of a new run, or of one that resumes another. */
async function beginBoard(run: Run, waitsForDisk: boolean): Promise<Board> {
  const { request } = run;
  const loaded = await loadedPlan(run, waitsForDisk);
  delete run.failure;
  // What an earlier version has loaded is the plan alone.
  const { plan, stages, store }: LoadedPlan =
    "plan" in loaded ? loaded : { plan: loaded, stages: request?.stages ?? {} };
  const board = createBoard(plan, initialStates(stagesToRun(plan.stages, Object.values(stages)), stages), request);
  board.store ??= store;
  return board;
}

/**
 * The plan, once it is loaded: a full disk is waited for, as a stage does.
 * @throws ApplicationFailure
 */
async function loadedPlan(run: Run, waitsForDisk: boolean): Promise<LoadedPlan | Plan> {
  let waiting = noRetries;
  for (;;) {
    const loaded = await loadPlan(run.request, workflowInfo().firstExecutionRunId).catch(failureOfLoading);
    if (!("failure" in loaded)) return loaded;
    const { code, message, class: kind } = loaded.failure;
    if (!waitsForDisk || kind !== "diskFull") throw ApplicationFailure.nonRetryable(message, code, loaded.failure);
    const { diskWaitMs } = loaded;
    const wait = { ...loadRetry, ...(diskWaitMs !== undefined && { diskWaitMs }) };
    const decision = waitForDisk(wait, { ...waiting }, Date.now());
    if (!decision.retry) throw ApplicationFailure.nonRetryable(`${message}: ${decision.why}`, code, loaded.failure);
    waiting = decision.count;
    run.failure = { code, message };
    await sleep(decision.waitMs);
  }
}

function failureOfLoading(error: unknown): AttemptFailure {
  if (isCancellation(error)) throw error;
  return readFailure(error);
}

function refuseFailures(board: Board): void {
  const failed = board.fatalFailures();
  if (failed.length === 0) return;
  const { message, facts } = describeFailures(failed);
  throw ApplicationFailure.nonRetryable(message, failed[0]?.failure?.code ?? "INTERNAL", ...facts);
}

/**
 * Maximum bytes of a run's outputs, as JSON: the server refuses a result over 2 MiB, even of a run
 * that has succeeded.
 */
const maxOutputsBytes = 512 * 1024;

/** The run's outputs. @throws PawlError OUT_OF_RANGE if they are too large; ExpressionProblem */
function evaluateOutputs(board: Board): JsonObject {
  const outputs = evaluateTemplate(board.plan.outputs, board.context(workflowInfo().workflowId)) as JsonObject;
  const bytes = jsonBytes(outputs);
  if (bytes > maxOutputsBytes)
    throw new PawlError("OUT_OF_RANGE", "the run's outputs are too large", {
      where: "outputs",
      expected: `at most ${maxOutputsBytes} bytes`,
      got: `${bytes} bytes`,
      next: "reduce outputs, and name artifacts, not texts; then run it again: finished stages come from the cache",
    });
  return outputs;
}

/** The failure of a run whose stages have all ended, and whose outputs cannot be returned. */
function outputsFailure({ code, message, facts }: PawlError): ApplicationFailure {
  return ApplicationFailure.nonRetryable(withFacts(`outputs: ${message}`, facts), code, facts);
}

/**
 * Marks the end, records it in the store, and notifies webhooks; a store that cannot be written
 * does not change how the run ended, except of a child.
 * @returns the receipt of a child's outputs
 */
async function end(run: Run, ended: NonNullable<Run["ended"]>, failure?: TemporalFailure): Promise<string | undefined> {
  run.ended = ended;
  if (!run.board) return undefined;
  const [first] = run.board.fatalFailures();
  if (ended === "failed" && first === undefined) run.failure = failureOfRun(failure);
  await run.recorder?.idle();
  let receipt: string | undefined;
  try {
    receipt = await CancellationScope.nonCancellable(() => recordEnd(recorded(run)));
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    // Without its receipt, the outputs of a child are of no use to its parent.
    if (ended === "succeeded" && checkedParent(run.request).parent !== undefined) throw error;
    log.warn("the run's record could not be written", { error });
  }
  tellUi(run.board);
  run.listing?.end(ended);
  await run.place.release();
  await run.notifier?.end(endEvent(run.board, ended, run.failure));
  return receipt;
}

/** What webhooks are notified of. */
function endEvent(board: Board, status: NonNullable<Run["ended"]>, ofRun: Run["failure"]): RunEvent {
  if (status !== "failed") return { status };
  const [first] = board.fatalFailures();
  const { code, message } = first?.failure ?? ofRun ?? failureOfRun(undefined);
  return { status, ...(first && { stage: first.id }), code, message };
}

/** The code and message of a run whose stages have not failed. */
function failureOfRun(failure: TemporalFailure | undefined): { code: ErrorCode; message: string } {
  const code = failure instanceof ApplicationFailure ? (failure.type as ErrorCode) : "INTERNAL";
  return { code, message: failure?.message ?? "" };
}

function runState({ request, board, ended, outputs, failure }: Run): RunState {
  const queue = board?.waitsFor();
  return {
    pipeline: board?.plan.name ?? request?.plan?.name ?? request?.pipeline ?? "",
    status: ended ?? (board ? runStatus(board) : "loading"),
    ...(queue && { queue }),
    ...(board && { plan: board.plan, ...storeField(board) }),
    stages: board?.list() ?? [],
    outputs,
    ...checkedParent(request),
    ...readPriority(),
    ...board?.pauseState(),
    ...(board !== undefined && board.undelivered > 0 && { undelivered: board.undelivered }),
    ...(failure && { failure }),
  };
}

/** What the store records of the run, and of which execution. */
function recorded(run: Run): RecordedState {
  const { parent: _parent, ...state } = runState(run);
  return { ...state, execution: workflowInfo().firstExecutionRunId };
}

/** A request may be anything until it has been checked. */
function checkedParent(request: RunRequest | null | undefined): Pick<RunRequest, "parent"> {
  const parent = workflowInfo().parent === undefined ? undefined : request?.parent;
  return parent === undefined ? {} : { parent };
}

function queriedState(run: Run): RunState {
  const state = runState(run);
  const bounded = boundedStates(Object.fromEntries(state.stages.map((stage) => [stage.id, stage])));
  return { ...state, stages: Object.values(bounded) };
}

/** What continue-as-new carries over. */
function pauseFields(
  { ownPauseMs, parentPause }: Board,
  request: RunRequest | null | undefined,
): Pick<RunRequest, "pausedSinceMs" | "parentPause"> {
  return {
    ...(ownPauseMs !== undefined && { pausedSinceMs: ownPauseMs }),
    ...(request?.parentPause !== undefined && { parentPause: parentPause ?? null }),
  };
}

function readPriority(): Pick<RunState, "priority"> {
  const { priorityKey } = workflowInfo().priority ?? {};
  return priorityKey ? { priority: priorityKey } : {};
}

function storeField({ store }: Board): Pick<RunRequest, "store"> {
  return store === undefined ? {} : { store };
}

/** The board for a request, with the store and the parent's pause that it names. */
function createBoard(plan: Plan, states: Record<string, StageState>, request: RunRequest | null | undefined): Board {
  const board = new Board(plan, states);
  board.store = request?.store;
  board.parentPause = request?.parentPause ?? undefined;
  tellUi(board);
  return board;
}

function runResult(board: Board, outputs: JsonObject): RunResult {
  const stages = board.list().map(({ id, status, outputs, metrics }) => [id, { status, outputs, metrics }] as const);
  return { outputs, stages: Object.fromEntries(stages) };
}
