import { ApplicationFailure, defineUpdate, setHandler } from "@temporalio/workflow";
import type { ErrorCode } from "../platform/errors.js";
import { pauseNames, type PauseState } from "../schemas/run.js";
import { statusOf, type Board } from "./board.js";

/**
 * Updates that pause a run and let it continue: stages under way end, and no stage and no further attempt is started. Each
 * returns the run's status; a second one changes nothing.
 * @param board the board, once the plan is loaded
 */
export function listenForPauses(board: () => Board | undefined): void {
  const told = (known: Board): PauseState => ({
    status: statusOf(known),
    ...(known.pausedSinceMs !== undefined && { pausedSinceMs: known.pausedSinceMs }),
  });
  const validator = (): void => {
    const code: ErrorCode = "NOT_ALLOWED";
    if (board() === undefined) throw ApplicationFailure.nonRetryable("the run is loading its definition", code);
  };
  setHandler(
    defineUpdate<PauseState, []>(pauseNames.pause),
    () => {
      const known = board()!;
      known.pause(known.pausedSinceMs ?? Date.now());
      return told(known);
    },
    { validator, description: "starts no further stage until the run is unpaused" },
  );
  setHandler(
    defineUpdate<PauseState, []>(pauseNames.unpause),
    () => {
      const known = board()!;
      known.pause(undefined);
      return told(known);
    },
    { validator, description: "lets a paused run continue" },
  );
}
