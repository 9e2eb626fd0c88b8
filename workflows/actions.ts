import { ApplicationFailure, defineUpdate, setHandler } from "@temporalio/workflow";
import { reopened } from "../schemas/choices.js";
import type { ErrorCode } from "../platform/errors.js";
import { updateNames, type ParkedStageAction, type StageState } from "../schemas/run.js";
import type { Board } from "./board.js";

const update = (name: string) => defineUpdate<StageState, [ParkedStageAction]>(name);
const retry = update(updateNames.retry);
const skip = update(updateNames.skip);
const abort = update(updateNames.abort);

/**
 * Answers to parked stages: `retry` (with changed `with`), `skip` (its dependents are skipped as well) and `abort`
 * (the run fails). Each returns the stage's new state; with no such parked stage it is refused (STAGE_NOT_PARKED).
 * @param board the board, once the plan is loaded
 */
export function listenForAnswers(board: () => Board | undefined): void {
  const validator = (answer: ParkedStageAction): void => refuseUnlessParked(board(), answer);
  const answered = (change: (state: StageState, answer: ParkedStageAction) => Parameters<Board["set"]>[1]) => {
    return (answer: ParkedStageAction): StageState => {
      const known = board()!;
      known.set(answer.stage, { reason: undefined, ...change(known.state(answer.stage), answer) });
      return known.state(answer.stage);
    };
  };
  setHandler(
    retry,
    answered(({ changes, choiceRequest }, answer) => ({
      status: "queued",
      choiceRequest: choiceRequest && reopened(choiceRequest),
      failure: undefined,
      endedAtMs: undefined,
      changes: answer.with === undefined ? changes : [...(changes ?? []), answer.with],
    })),
    { validator, description: 'tries a parked stage again: {"stage": "…", "with": {…}}' },
  );
  setHandler(
    skip,
    answered(() => ({ status: "skipped", reason: "skipped by the answer to its failure" })),
    { validator, description: 'skips a parked stage: {"stage": "…"}' },
  );
  setHandler(
    abort,
    answered(() => ({ status: "failed", reason: "aborted by the answer to its failure" })),
    { validator, description: 'lets a parked stage fail, and the run with it: {"stage": "…"}' },
  );
}

function refuseUnlessParked(board: Board | undefined, answer: ParkedStageAction | undefined): void {
  const parked =
    board
      ?.list()
      .filter(({ status }) => status === "parked")
      .map(({ id }) => id) ?? [];
  if (answer && parked.includes(answer.stage)) return;
  const now = board?.states[answer?.stage ?? ""];
  const code: ErrorCode = "STAGE_NOT_PARKED";
  throw ApplicationFailure.nonRetryable(
    `${answer?.stage ? `stages.${answer.stage} ${now ? `is ${now.status}, not parked` : "does not exist"}` : "the answer names no stage"}; ` +
      (parked.length > 0 ? `parked now: ${parked.join(", ")}` : "no stage of this run is parked now"),
    code,
  );
}
