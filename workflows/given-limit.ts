import { ApplicationFailure } from "@temporalio/workflow";
import type { ErrorCode } from "../platform/errors.js";
import { jsonBytes } from "../platform/json.js";
import type { Board } from "./board.js";

/**
 * Largest sum of what people have given a run, bytes of JSON: votes with their notes, answers,
 * changed settings. The run carries it along when it continues as new, and the server refuses a
 * state over 2 MiB.
 */
const largestGiven = 512 * 1024;

/**
 * Refuses what a person gives a run that cannot keep any more.
 * @throws ApplicationFailure OUT_OF_RANGE
 */
export function refuseBeyondRoom(board: Board, given: unknown): void {
  const held = board.list().map(({ choiceRequest, approval, changes, answers }) => {
    const { choices, votes } = choiceRequest ?? {};
    return [choices, votes, approval?.answer, changes, answers].filter((one) => one !== undefined);
  });
  const bytes = jsonBytes(held.filter((one) => one.length > 0)) + jsonBytes(given ?? null);
  if (bytes <= largestGiven) return;
  const code: ErrorCode = "OUT_OF_RANGE";
  throw ApplicationFailure.nonRetryable(
    `this run cannot keep more than ${largestGiven} bytes of choices, notes, answers and changed settings: shorten the notes, or close the request`,
    code,
  );
}
