import { workflowInfo } from "@temporalio/workflow";
import type { PlannedStage } from "../schemas/plan.js";
import type { SettingsProposal, StageClaim, StageState } from "../schemas/run.js";
import type { Board } from "./board.js";
import { hasEnded } from "./schedule.js";

/** What the run says of a stage's settings, to be checked in the process for workflows. */
export function createProposal(board: Board, stage: PlannedStage): Omit<SettingsProposal, "with"> {
  const { changes, changesGrant, combination } = board.state(stage.id);
  return {
    runId: workflowInfo().workflowId,
    stage: stage.id,
    states: endedClaims(changes === undefined ? seenBy(board, stage) : board.list()),
    ...(combination && { combination }),
    ...(changes && { changes }),
    ...(changesGrant !== undefined && { changesGrant }),
    ...(board.store !== undefined && { store: board.store }),
  };
}

/** The stages that a stage needs, and those from which a list among them was read. */
function seenBy(board: Board, stage: Pick<PlannedStage, "needs">): StageState[] {
  const lists = board.plan.stages.filter(({ id, foreach }) => foreach !== undefined && stage.needs.includes(id));
  const seen = [board.neededStates(stage), ...lists.map((list) => seenBy(board, list))].flat();
  return [...new Map(seen.map((state) => [state.id, state])).values()];
}

/** What the run says of stages that have ended. */
export const endedClaims = (states: readonly StageState[]): StageClaim[] =>
  states.filter(({ status }) => hasEnded(status)).map(toClaim);

function toClaim(state: StageState): StageClaim {
  const { id, uses, status, combination, key, outputs, metrics, values, answers, receipt } = state;
  return {
    ...{ id, uses, status, outputs, metrics },
    ...(combination && { combination }),
    ...(key !== undefined && { key }),
    ...(values && { values }),
    ...(answers && { answers }),
    ...(receipt !== undefined && { receipt }),
  };
}
