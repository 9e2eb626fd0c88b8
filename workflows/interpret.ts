import { allHandlersFinished, CancellationScope, condition, isCancellation, workflowInfo } from "@temporalio/workflow";
import { awaitsItems } from "../schemas/matrix.js";
import type { PlannedStage } from "../schemas/plan.js";
import { runChild } from "./child.js";
import { Deadlines } from "./choices.js";
import type { Board } from "./board.js";
import { readFailure } from "./failure.js";
import type { Listing } from "./listing.js";
import type { ParentNotifier } from "./parent-notifier.js";
import type { Recorder } from "./record.js";
import type { Notifier } from "./notifier.js";
import { nextSteps, toStop, type Step } from "./schedule.js";
import { failStage, runStage } from "./stage.js";

/**
 * Events after which nothing new is started until the run has continued as new. The server refuses
 * more than 51,200.
 */
const maxHistoryLength = 8000;
/** The same by the history's bytes, of which the server refuses more than 50 MiB. */
const largestHistory = 16 * 1024 * 1024;
/**
 * Maximum number of stages under way at the same time: what one workflow task starts must fit into
 * one request to the server, 4 MiB.
 */
const maxUnderWay = 200;

/** A stage under way. */
interface UnderWay {
  scope: CancellationScope;
  ended: Promise<void>;
  /** Why this stage was canceled, if the run was not. */
  stopReason?: string;
}

/** Observers of the board. */
interface Observers {
  recorder: Recorder;
  parentNotifier: ParentNotifier;
  notifier: Notifier;
  listing: Listing | undefined;
  tellUi: () => void;
}

/**
 * Runs every stage once, each after its needs, independent ones at the same time, until all have
 * ended ("finished"), or until history is long and nothing is under way ("continueAsNew"): no
 * stage, no update, nothing that is to be recorded or told, so that nothing is left behind that
 * would have been handled while the run waits for it. Cancellation cancels what is under way, waits
 * until it has ended, runs the stages whose `if` asks for it, and rejects.
 * @param observers recorder: records people's choices and actions; news: tells the parent of the
 *   run, if it has one; notifier: notifies webhooks of stages that wait; listing: keeps Temporal's
 *   own list up to date; tellUi: its page of the run
 */
export async function interpret(
  board: Board,
  { recorder, parentNotifier, notifier, listing, tellUi }: Observers,
): Promise<"finished" | "continueAsNew"> {
  const underWay = new Map<string, UnderWay>();
  const deadlines = new Deadlines(board);
  try {
    for (;;) {
      notifier.notify();
      const isIdle = underWay.size === 0 && allHandlersFinished();
      const continues = isIdle && historyIsLong() && !board.allEnded();
      const isSettled = recorder.isIdle() && parentNotifier.isIdle() && notifier.isIdle();
      if (continues && (isSettled || !board.settles)) return "continueAsNew";
      stopFailedMatrices(board, underWay);
      if (!continues && !mustDrain() && !board.isPaused()) startReady(board, underWay);
      if (underWay.size === 0 && board.allEnded()) return "finished";
      deadlines.startTimers();
      recorder.update();
      parentNotifier.notify();
      listing?.update();
      tellUi();
      await change(board);
    }
  } catch (error) {
    board.handled = Infinity;
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(() => finish(board, underWay, { recorder, tellUi }));
    throw error;
  } finally {
    board.handled = Infinity;
  }
}

/** Waits for the next change of the board. */
async function change(board: Board): Promise<void> {
  board.handled = board.version;
  await condition(() => !board.isAtRest());
}

/** Continues as new here, if nothing is running. */
function historyIsLong(): boolean {
  return workflowInfo().continueAsNewSuggested || mustDrain();
}

function mustDrain(): boolean {
  const { historyLength, historySize } = workflowInfo();
  return historyLength > maxHistoryLength || historySize > largestHistory;
}

/** Cancels what is under way of a matrix of which a combination has failed. */
function stopFailedMatrices(board: Board, underWay: ReadonlyMap<string, UnderWay>): void {
  if (board.count("failed") === 0) return;
  for (const { stage, failed } of toStop(board.stages, board.states)) {
    const one = underWay.get(stage);
    if (one === undefined || one.stopReason !== undefined) continue;
    one.stopReason = `stages.${failed} failed, and the matrix has failFast`;
    one.scope.cancel();
  }
}

function startReady(board: Board, underWay: Map<string, UnderWay>, isCanceled = false): void {
  while (board.isScheduleStale && underWay.size < maxUnderWay) {
    board.isScheduleStale = false;
    const context = board.context(workflowInfo().workflowId);
    const limits = { isCanceled, maxStarts: maxUnderWay - underWay.size, restRuns: board.restRuns };
    const steps = nextSteps(board.stages, board.states, context, limits);
    for (const step of steps) apply(board, board.planned(step.stage), step, underWay);
  }
}

function apply(board: Board, stage: PlannedStage, step: Step, underWay: Map<string, UnderWay>): void {
  switch (step.act) {
    case "start":
      underWay.set(
        stage.id,
        begin(board, stage, () => underWay.delete(stage.id)),
      );
      break;
    case "skip":
      board.set(stage.id, { status: "skipped", reason: step.reason });
      break;
    case "cancel": {
      board.cancel(stage.id, step.reason);
      // A child that waits for people is under way.
      const child = underWay.get(stage.id);
      if (child === undefined) break;
      child.stopReason = step.reason;
      child.scope.cancel();
      break;
    }
    case "fail":
      failStage(board, stage, readFailure(step.error));
      break;
  }
}

/**
 * After the run was canceled: waits until what is under way has ended, then runs what asks to run
 * all the same.
 */
async function finish(
  board: Board,
  underWay: Map<string, UnderWay>,
  { recorder, tellUi }: Pick<Observers, "recorder" | "tellUi">,
): Promise<void> {
  await Promise.all([...underWay.values()].map(({ ended }) => ended));
  board.isScheduleStale = true;
  for (;;) {
    startReady(board, underWay, true);
    if (underWay.size === 0 && board.allEnded()) return;
    recorder.update();
    tellUi();
    await change(board);
  }
}

/** @param remove called when the stage is no longer under way */
function begin(board: Board, stage: PlannedStage, remove: () => void): UnderWay {
  const scope = new CancellationScope();
  const cancelReason = (): string => one.stopReason ?? "the run was canceled";
  const { child } = stage;
  const run = (): Promise<void> =>
    child === undefined || awaitsItems(stage)
      ? runStage(board, stage, { handBack: () => mustDrain() || board.isPaused(), cancelReason })
      : runChild(board, { ...stage, child }, { cancelReason });
  const ended = scope.run(run).finally(() => {
    remove();
    board.isScheduleStale = true;
    board.version++;
  });
  const one: UnderWay = { scope, ended };
  return one;
}
