import {
  ApplicationFailure,
  CancellationScope,
  condition,
  defineSignal,
  defineUpdate,
  log,
  setHandler,
  workflowInfo,
  type ChildWorkflowHandle,
  type Workflow,
} from "@temporalio/workflow";
import type { ErrorCode } from "../platform/errors.js";
import { pauseNames, pauseSignal, type ParentPause, type PauseState } from "../schemas/run.js";
import { runStatus, type Board } from "./board.js";
import { isPause } from "./messages.js";

/**
 * Updates that pause a run and let it continue: stages under way end, and no stage and no further
 * attempt is started. Each returns the run's status; a second one changes nothing.
 * @param board the board, once the plan is loaded
 */
export function listenForPauses(board: () => Board | undefined): void {
  const pauseState = (known: Board): PauseState => ({
    status: runStatus(known),
    ...known.pauseState(),
  });
  const validator = (): void => {
    const code: ErrorCode = "NOT_ALLOWED";
    if (board() === undefined) throw ApplicationFailure.nonRetryable("the run is loading its definition", code);
  };
  setHandler(
    defineUpdate<PauseState, []>(pauseNames.pause),
    () => {
      const known = board()!;
      known.pause(known.ownPauseMs ?? Date.now());
      return pauseState(known);
    },
    { validator, description: "starts no further stage until the run is unpaused" },
  );
  setHandler(
    defineUpdate<PauseState, []>(pauseNames.unpause),
    () => {
      const known = board()!;
      known.pause(undefined);
      return pauseState(known);
    },
    { validator, description: "lets a paused run continue" },
  );
  setHandler(
    defineSignal<[unknown]>(pauseSignal),
    async (pause) => {
      if (workflowInfo().parent === undefined || !(pause === null || isPause(pause))) return;
      await condition(() => board() !== undefined);
      board()!.pauseWithParent(pause ?? undefined);
    },
    { description: "sent by the parent of the run, when it is paused or unpaused" },
  );
}

/** This run's pause, as its children know it. */
export function pauseForChildren(board: Board): ParentPause | null {
  const { pausedSinceMs, pausedBy } = board.pauseState();
  return pausedSinceMs === undefined ? null : { sinceMs: pausedSinceMs, by: pausedBy ?? workflowInfo().workflowId };
}

/**
 * Forwards the pauses of a run to a child until the scope is canceled.
 * @param pauseState what the child knows
 */
export async function handPausesOn<T extends Workflow>(
  board: Board,
  child: ChildWorkflowHandle<T>,
  pauseState: ParentPause | null,
): Promise<never> {
  for (;;) {
    const { sinceMs } = pauseState ?? {};
    await condition(() => pauseForChildren(board)?.sinceMs !== sinceMs);
    pauseState = pauseForChildren(board);
    const pause = pauseState;
    await CancellationScope.nonCancellable(() => child.signal<[ParentPause | null]>(pauseSignal, pause)).catch(
      (error: unknown) => log.warn("the child could not be told of a pause", { error }),
    );
  }
}
