import type { Failure, RunsMessage, RunSummary } from "../messages.js";

/** The runs as shown by a page. */
export interface ShownRuns {
  runs: ReadonlyMap<string, RunSummary>;
  server: RunsMessage["server"];
  failure?: Failure;
  /**
   * Runs that are shown as they were before the studio was restarted, with what it says of them;
   * undefined: nothing. The page knows more than the new studio until that has asked the Temporal
   * server.
   */
  kept: ReadonlyMap<string, RunSummary | undefined>;
}

/** The runs after a message. */
export function runsAfter(before: ShownRuns | undefined, message: RunsMessage): ShownRuns {
  const { runs: changed, removed = [], isAll, server, problem } = message;
  const isSure = server === "answers" && problem === undefined;
  const runs = new Map(before?.runs);
  const kept = new Map<string, RunSummary | undefined>(before?.kept);
  if (isAll) for (const run of runs.keys()) kept.set(run, undefined);
  for (const run of changed) {
    if (!isSure && run.stale !== undefined && kept.has(run.run)) kept.set(run.run, run);
    else {
      kept.delete(run.run);
      runs.set(run.run, run);
    }
  }
  for (const run of removed) if (!kept.has(run)) runs.delete(run);
  for (const [run, said] of isSure ? kept : []) {
    if (said === undefined) runs.delete(run);
    else runs.set(run, said);
  }
  return { runs, server, kept: isSure ? new Map() : kept, ...(problem && { failure: problem }) };
}
