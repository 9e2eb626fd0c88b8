import type { Failure, RunSummary } from "../messages.js";

/** What `/api/runs` answers. */
export interface Board {
  runs: RunSummary[];
  problem?: Failure;
}
