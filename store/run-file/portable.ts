import type { Plan } from "../../schemas/plan.js";
import type { RunRecord } from "../records/record-types.js";

/** A plan without what holds only on one machine: the grant and the project directory. */
export function portablePlan({ grant: _grant, project: _project, ...plan }: Plan): Plan {
  return plan;
}

/**
 * A record without the store and the workflow that it belongs to, without its plan, which the run
 * has a copy of, and without signatures of the home's key: another home finds the results by their
 * keys.
 */
export function portableRecord({ store: _store, plan: _plan, execution: _execution, ...record }: RunRecord): RunRecord {
  const stages = record.stages.map(({ receipt: _receipt, changesGrant: _grant, ...stage }) => stage);
  return { ...record, stages };
}
