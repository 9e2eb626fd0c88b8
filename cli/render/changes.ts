import type { StageState } from "../../schemas/run.js";
import type { RunView } from "../../api/reading/run-view.js";

/** Stages whose status or attempt differs from the view before. */
export function changedStages(before: RunView | undefined, now: RunView): StageState[] {
  const known = new Map(before?.state.stages.map((stage) => [stage.id, stage]));
  return now.state.stages.filter((stage) => {
    const earlier = known.get(stage.id);
    if (earlier === undefined) return stage.status !== "queued";
    return earlier.status !== stage.status || earlier.attempts !== stage.attempts;
  });
}

/** Running stages whose progress differs from the view before. */
export function progressed(before: RunView | undefined, now: RunView): string[] {
  return now.state.stages
    .filter(({ id, status }) => status === "running" && now.progress[id] !== undefined)
    .map(({ id }) => id)
    .filter((id) => JSON.stringify(before?.progress[id]) !== JSON.stringify(now.progress[id]));
}
