import { nearest } from "../../expressions/nearest.js";
import { PawlError } from "../../platform/errors.js";
import { stagesToRun } from "../../schemas/matrix.js";
import type { Plan, PlannedStage } from "../../schemas/plan.js";
import { findPlan, listRecords } from "../../store/records/runs.js";
import { configuredAddress } from "../../worker/server/connection.js";
import { runNotFound } from "./find-run.js";
import { stageStates } from "./stage-keys.js";

/** The stages of a run: of a list, one for each item, if the run knows it. */
export async function stagesOfRun(home: string, runId: string, plan: Plan): Promise<PlannedStage[]> {
  const hasLists = plan.stages.some(({ foreach }) => foreach !== undefined);
  return stagesToRun(plan.stages, hasLists ? await stageStates(home, runId) : []);
}

/**
 * The plan of a run that the store knows.
 * @param verb named in messages
 * @throws PawlError RUN_NOT_FOUND; UNKNOWN_REFERENCE if the run has no such stage
 */
export async function refuseUnknownStage(
  home: string,
  verb: string,
  runId: string,
  stage: string | undefined,
): Promise<Plan> {
  const plan = await findPlan(home, runId);
  if (plan === undefined) {
    const known = (await listRecords(home)).map((record) => record.runId);
    const { message, facts } = runNotFound(runId, known);
    const elsewhere = (await configuredAddress()) !== undefined;
    const next = elsewhere ? `${facts.next}; ${verb} are in the workers' store: set PAWL_HOME to it` : facts.next;
    throw new PawlError("RUN_NOT_FOUND", message, { where: home, next: next ?? "pawl list" });
  }
  if (stage === undefined) return plan;
  const ids = (await stagesOfRun(home, runId, plan)).map(({ id }) => id);
  if (ids.includes(stage)) return plan;
  const guess = nearest(stage, ids);
  throw new PawlError("UNKNOWN_REFERENCE", `run ${runId} has no stage ${stage}`, {
    expected: `one of ${ids.join(", ")}`,
    next: `pawl ${verb} ${runId}${guess === undefined ? "" : ` ${guess}`}`,
  });
}
