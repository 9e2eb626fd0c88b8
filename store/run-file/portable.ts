import type { Plan } from "../../schemas/plan.js";
import type { RunRecord } from "../runs.js";

/** A plan without what holds only on one machine: the grant and the project directory. */
export function portablePlan({ grant: _grant, project: _project, ...plan }: Plan): Plan {
  return plan;
}

/** A record without the store that it is in, and without its plan, which the run has a copy of. */
export function portableRecord({ store: _store, plan: _plan, ...record }: RunRecord): RunRecord {
  return record;
}
