import type { StageInRun } from "./model.js";

/** Explains why a stage failed, waits, was skipped or came from the cache. Empty if it ran. */
export function explainWork({ state, events, result }: StageInRun): string {
  if (state.failure) return `${state.failure.code}: ${state.failure.message}`;
  if (state.reason !== undefined) return state.reason;
  if (state.child !== undefined) return `a run of its own: pawl report ${state.child.run}`;
  if (state.status !== "cached") return "";
  const made = result?.lineage;
  const from =
    made === undefined ? events.cachedFrom : `${made.runId}, stage ${made.stage}, ${made.endedAt.slice(0, 10)}`;
  return `its key equals that of a result${from === undefined ? "" : ` of ${from}`}`;
}
