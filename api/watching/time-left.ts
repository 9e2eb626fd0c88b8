import { membersById, stagesToRun } from "../../schemas/matrix.js";
import type { StageState, StageStatus } from "../../schemas/run.js";
import { isFinished, type RunView } from "../reading/run-view.js";

/**
 * How long a run is likely to last still, ms: the reported ETA of what runs, and for the rest the
 * time that it took when it succeeded last. Work is divided among as many workers as are busy now,
 * but no stage starts before those that it needs.
 * @returns undefined while a stage waits for people, and where a stage has not succeeded before
 */
export function timeLeft(view: RunView, nowMs: number): number | undefined {
  const remaining = new Map<string, number>();
  for (const stage of view.state.stages) {
    const ms = hasStopped(stage.status) ? 0 : stageTimeLeft(view, stage, nowMs);
    if (ms === undefined) return undefined;
    remaining.set(stage.id, ms);
  }
  const busy = view.state.stages.filter(({ id, status }) => status === "running" && !view.queued.has(id)).length;
  const work = [...remaining.values()].reduce((sum, ms) => sum + ms, 0);
  return Math.max(criticalPath(view, remaining), work / Math.max(1, busy));
}

/** Returns the remaining time of a stage that has not ended. */
export function stageTimeLeft(view: RunView, stage: StageState, nowMs: number): number | undefined {
  const { id, status, startedAtMs, child } = stage;
  if (status === "parked" || status === "waiting" || child?.asks !== undefined) return undefined;
  const childView = view.children?.[id];
  if (childView !== undefined) return timeLeft(childView, nowMs);
  const reported = status === "running" ? view.progress[id]?.etaSeconds : undefined;
  if (reported !== undefined) return reported * 1000;
  const usual = view.usualMs?.get(id);
  const begun = status === "running" && !view.queued.has(id) && startedAtMs !== undefined;
  return usual === undefined || !begun ? usual : Math.max(0, usual - (nowMs - startedAtMs));
}

const hasStopped = (status: StageStatus): boolean => isFinished(status) || status === "failed";

/** The longest chain of stages that need each other, ms. */
function criticalPath({ state }: RunView, remaining: ReadonlyMap<string, number>): number {
  const members = membersById(stagesToRun(state.plan?.stages ?? [], state.stages));
  const ends = new Map<string, number>();
  const stageEnd = (declared: string): number => {
    const known = ends.get(declared);
    if (known !== undefined) return known;
    const stages = members.get(declared) ?? [];
    const needed = stages[0]?.needs ?? [];
    const begin = needed.reduce((latest, id) => Math.max(latest, stageEnd(id)), 0);
    const end = begin + stages.reduce((longest, { id }) => Math.max(longest, remaining.get(id) ?? 0), 0);
    ends.set(declared, end);
    return end;
  };
  return [...members.keys()].reduce((latest, id) => Math.max(latest, stageEnd(id)), 0);
}

/**
 * How much of a run is done, 0 to 1: by the time that its stages took last, or by their number
 * where that is not known.
 */
export function shareDone(view: RunView): number {
  const { stages } = view.state;
  const known = stages.every(({ id }) => view.usualMs?.has(id));
  const stageWeight = ({ id }: StageState): number => (known ? Math.max(1, view.usualMs!.get(id)!) : 1);
  const total = stages.reduce((sum, stage) => sum + stageWeight(stage), 0);
  const done = stages.reduce((sum, stage) => sum + stageWeight(stage) * doneShare(view, stage), 0);
  return total === 0 ? 0 : done / total;
}

function doneShare(view: RunView, { id, status }: StageState): number {
  if (hasStopped(status)) return 1;
  const child = view.children?.[id];
  if (child !== undefined) return shareDone(child);
  const { done, total } = view.progress[id] ?? { done: 0, total: 0 };
  return status === "running" && total > 0 ? Math.min(1, done / total) : 0;
}
