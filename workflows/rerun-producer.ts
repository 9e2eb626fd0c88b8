import { log } from "@temporalio/workflow";
import type { PlannedStage } from "../schemas/plan.js";
import type { RetryCount, StageFailure, StageState } from "../schemas/run.js";
import type { Board } from "./board.js";

/**
 * After an attempt that found an artifact damaged or missing: sets the stage that makes it back to
 * queued, and the stage of the attempt as well, which then waits for it as it did the first time.
 * The attempt counts against the stage's budget, so that an artifact that cannot be made again ends
 * the run.
 * @returns false if no stage of this run makes the artifact, or the stage does not wait for it
 */
export function rerunProducer(board: Board, stage: PlannedStage, failure: StageFailure, retries: RetryCount): boolean {
  const { artifact } = failure.facts;
  if (artifact === undefined) return false;
  const makers = board.neededStates(stage).filter((state) => makes(state, artifact));
  if (makers.length === 0) return false;
  for (const { id, status } of makers) {
    // A stage that is under way is already being made again, for another stage.
    if (status !== "succeeded" && status !== "cached") continue;
    log.warn(`stages.${id} is queued again: ${failure.message}`);
    board.set(id, { status: "queued", reason: `its artifact is made again: ${failure.message}`, endedAtMs: undefined });
  }
  const names = makers.map(({ id }) => id).join(", ");
  board.set(stage.id, { status: "queued", retries, failure, reason: `it waits until ${names} is made again` });
  return true;
}

/** @param artifact its digest, which a child may pass on in a list */
function makes({ outputs, values = {} }: StageState, artifact: string): boolean {
  return JSON.stringify([outputs, values]).includes(`"${artifact}"`);
}
