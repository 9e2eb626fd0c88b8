import {
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowFailure,
  defineSignal,
  isCancellation,
  setHandler,
  startChild,
  workflowInfo,
} from "@temporalio/workflow";
import { cutFailure } from "../platform/errors.js";
import type { ChildPlan, PlannedStage } from "../schemas/plan.js";
import {
  childRunId,
  childSignal,
  workflowType,
  type PrepareChildRequest,
  type RunRequest,
  type RunResult,
  type StageFailure,
} from "../schemas/run.js";
import { prepareChild } from "./activities.js";
import type { Board } from "./board.js";
import { createProposal } from "./claims.js";
import { childOutputs } from "./facts.js";
import { readFailure, stageFailure } from "./failure.js";
import { isNews } from "./messages.js";
import { handPausesOn, pauseForChildren } from "./pause.js";
import { failStage, evaluateStageSettings } from "./stage.js";
import { inOutcomeOrder } from "./outcome-order.js";

/** A child runs the same workflow type. */
type Pipeline = (request: RunRequest) => Promise<RunResult>;

/**
 * Runs the pipeline of a stage as a child workflow, to its end. Never rejects for a failure of the
 * child. Canceling it cancels the child, and waits until that has ended.
 * @param cancelReason called when the stage is canceled
 */
export async function runChild(
  board: Board,
  stage: PlannedStage & { child: ChildPlan },
  { cancelReason }: { cancelReason: () => string },
): Promise<void> {
  const { attempts, startedAtMs = Date.now() } = board.state(stage.id);
  board.set(stage.id, {
    ...{ status: "running", reason: undefined, failure: undefined, startedAtMs },
    ...{ attempts: attempts + 1, outputs: {}, values: undefined, child: undefined, endedAtMs: undefined },
  });
  try {
    const ended = await childEnd(board, stage);
    const { child, status } = board.state(stage.id);
    board.set(stage.id, { child: child && { run: child.run } });
    // The run is failing, and the stage was canceled while the child waited for people.
    if (status === "cancelled") return;
    if ("failure" in ended) return failStage(board, stage, ended);
    board.set(stage.id, {
      status: "succeeded",
      ...childOutputs(ended.outputs),
      receipt: ended.receipt,
      endedAtMs: Date.now(),
    });
  } catch (error) {
    if (!isCancellation(error)) throw error;
    const { child } = board.state(stage.id);
    board.set(stage.id, {
      ...{ status: "cancelled", reason: cancelReason(), endedAtMs: Date.now() },
      child: child && { run: child.run },
    });
  }
}

/** Returns how the child has ended. Throws when the stage is canceled. */
async function childEnd(
  board: Board,
  stage: PlannedStage & { child: ChildPlan },
): Promise<RunResult | { failure: StageFailure }> {
  const run = childRunId(workflowInfo().workflowId, stage.id);
  const outer = CancellationScope.current();
  const { timeoutMs: timeout } = stage.child;
  const scope = new CancellationScope({ cancellable: true, ...(timeout !== undefined && { timeout }) });
  try {
    const request = await inOutcomeOrder(board, () => prepareChild(childRequest(board, stage)));
    board.store ??= request.store;
    return await scope.run(async () => {
      const pause = pauseForChildren(board);
      // A child that was prepared by an earlier version knows no pause of its parent.
      const follows = request.parentPause !== undefined;
      const child = await startChild<Pipeline>(workflowType, {
        workflowId: run,
        args: [follows ? { ...request, parentPause: pause } : request],
        workflowIdReusePolicy: "ALLOW_DUPLICATE",
        cancellationType: "WAIT_CANCELLATION_COMPLETED",
        parentClosePolicy: "REQUEST_CANCEL",
      });
      board.set(stage.id, { child: { run, execution: child.firstExecutionRunId } });
      const pauses = new CancellationScope();
      if (follows) void pauses.run(() => handPausesOn(board, child, pause)).catch(() => undefined);
      return child.result().finally(() => pauses.cancel());
    });
  } catch (error) {
    if (isCancellation(error) && outer.consideredCancelled) throw error;
    return { failure: cutFailure(childFailure(error, run, scope.consideredCancelled)) };
  }
}

function childRequest(board: Board, stage: PlannedStage): PrepareChildRequest {
  return { ...createProposal(board, stage), with: evaluateStageSettings(board, stage) };
}

/** @param isTooLate whether the stage's timeout has canceled it */
function childFailure(error: unknown, run: string, isTooLate: boolean): StageFailure {
  const { workflowId: parent } = workflowInfo();
  const next = `pawl status ${run}; once it is corrected: pawl resume ${parent}`;
  if (isTooLate && isCancellation(error))
    return stageFailure("STAGE_TIMEOUT", `the run ${run} took longer than the stage's timeout`, {
      next: `raise \`timeout\`, or resume: pawl resume ${parent}`,
    });
  if ((error as Error).name === "WorkflowExecutionAlreadyStartedError")
    return stageFailure("CHILD_FAILED", `the run ${run} is under way already`, {
      next: `wait until it has ended, then pawl resume ${parent}`,
    });
  if (error instanceof ChildWorkflowFailure) return stageFailure("CHILD_FAILED", describeEnd(error, run), { next });
  return readFailure(error).failure;
}

function describeEnd({ cause }: ChildWorkflowFailure, run: string): string {
  if (cause instanceof ApplicationFailure) return `the run ${run} failed\n${cause.message}`;
  if (cause !== undefined && isCancellation(cause)) return `the run ${run} was canceled`;
  return `the run ${run} was ended by the server or an operator: ${cause?.message ?? "for an unknown reason"}`;
}

/**
 * Handles the signal of a child that starts or stops waiting for people. Ignores executions that
 * are not running.
 * @param board the board, once the plan is loaded
 */
export function listenForChildren(board: () => Board | undefined): void {
  setHandler(
    defineSignal<[unknown]>(childSignal),
    (childNews) => {
      const known = board();
      if (known === undefined || !isNews(childNews)) return;
      const state = Object.hasOwn(known.states, childNews.stage) ? known.states[childNews.stage] : undefined;
      if (state?.child?.execution === undefined || state.child.execution !== childNews.execution) return;
      const { run, execution } = state.child;
      const { asks } = childNews;
      known.set(childNews.stage, {
        status: asks?.status ?? "running",
        child: { run, execution, ...(asks && { asks }) },
      });
    },
    { description: "sent by the run of a child, when it waits for people" },
  );
}
