import { isCancellation, workflowInfo } from "@temporalio/workflow";
import { evaluateTemplate } from "../expressions/evaluate.js";
import type { Json } from "../platform/json.js";
import type { ArtifactRef } from "../schemas/artifact.js";
import { isArtifact, listProblem } from "../schemas/foreach.js";
import type { PlannedStage } from "../schemas/plan.js";
import { readItems } from "./activities.js";
import type { Board } from "./board.js";
import { readFailure, stageFailure, type AttemptFailure } from "./failure.js";
import { inOutcomeOrder } from "./outcome-order.js";

/**
 * Finds the items of a stage with `foreach`, once the stages that it needs have ended, and puts the
 * stages of the items in its place. Returns what failed, or undefined. Throws when canceled.
 */
export async function listItems(board: Board, stage: PlannedStage): Promise<AttemptFailure | undefined> {
  const { id, foreach } = stage;
  try {
    const value = evaluateTemplate(foreach!.items, board.context(workflowInfo().workflowId, stage));
    const items = isArtifact(value) ? await readArtifact(board, id, value) : value;
    const problem = listProblem(items, foreach!);
    if (problem === undefined) return void board.expand(stage, items as Json[]);
    const { code, message, facts } = problem;
    return { failure: stageFailure(code, `foreach ${message}`, { where: `stages.${id}`, ...facts }) };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return readFailure(error);
  }
}

function readArtifact(board: Board, stage: string, artifact: ArtifactRef): Promise<Json> {
  const { store } = board;
  return inOutcomeOrder(board, () => readItems({ stage, artifact, ...(store !== undefined && { store }) }));
}
